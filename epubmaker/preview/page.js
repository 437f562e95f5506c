// The page of `epubmaker preview`. A chapter is laid out in columns by the browser, each as large as the text of a page, and a
// page is turned by scrolling to the next column. The frame runs no script: all is done from here.
'use strict'

const at = id => document.getElementById(id)
const frame = at('frame'), paper = at('paper'), stage = at('stage'), place = at('place')
const root = location.pathname
const SIDE = .07, TOP = .06 // margins of a page, as shares of its width and height
const XHTML = 'http://www.w3.org/1999/xhtml'
const SIZES = [60, 70, 80, 90, 100, 110, 125, 140, 160, 180, 200, 240, 280] // percent

let state = null // what the server has told last
let book = null // title, rtl, spine, contents
let edition = 0 // that of `book`
let order = new Map() // the places of documents in the spine, by path
let links = [] // the entries of the contents that lead somewhere: {place, fragment, link}
let chapter = 0, page = 0, pages = 1
let wanted = null // where to go in the chapter that is loading: {page}, {share}, {fragment}, or {last}
let size = stored('size', 100), dark = stored('dark', false)
let layout = null // of the chapter that is shown: its document, and how its pages lie

function stored(name, otherwise) {
    try { return JSON.parse(localStorage.getItem(`epubmaker-${name}`)) ?? otherwise } catch { return otherwise }
}

function store(name, value) {
    try { localStorage.setItem(`epubmaker-${name}`, JSON.stringify(value)) } catch { /* then it holds for this page */ }
}

let fading = 0
const say = text => {
    at('status').textContent = text && `· ${text}`
    clearTimeout(fading)
    fading = setTimeout(() => { at('status').textContent = state?.making ? '· building…' : '' }, 4000)
}

// --- the pages of a chapter

const device = () => state.devices.find(({ name }) => name === state.device)

// The size of the paper and of the text on it, in whole CSS pixels of the frame. A picture alone, as a cover, has no margins.
const measures = () => {
    const { width, height } = device()
    const side = layout?.bare ? 0 : Math.round(width * SIDE), top = layout?.bare ? 0 : Math.round(height * TOP)
    return { width: Math.round(width), height: Math.round(height), side, top, w: Math.round(width) - 2 * side, h: Math.round(height) - 2 * top }
}

const fit = () => {
    if (!state) return
    const { width, height, side, top, w, h } = measures()
    const scale = Math.min(stage.clientWidth / width, stage.clientHeight / height)
    Object.assign(paper.style, { width: `${width}px`, height: `${height}px`, transform: `translate(-50%, -50%) scale(${scale})` })
    Object.assign(frame.style, { left: `${side}px`, top: `${top}px`, width: `${w}px`, height: `${h}px` })
    paper.className = dark ? 'dark' : device().eink ? 'eink' : ''
}

// What a reading system sets: rules without weight come first, so that those of the book win.
const rules = ({ w, h, side, top }, vertical) => [`
    :where(:root) { font-family: Georgia, "Noto Serif", "Source Serif 4", "Liberation Serif", serif; line-height: 1.4 }
    :where(img, svg, video) { max-width: 100%; max-height: ${h}px; object-fit: contain }`, `
    :root {
        width: ${w}px !important; height: ${h}px !important; margin: 0 !important; padding: 0 !important; border: 0 !important;
        min-width: 0 !important; max-width: none !important; min-height: 0 !important; max-height: none !important;
        box-sizing: border-box !important; overflow: hidden !important;
        columns: auto ${vertical ? h : w}px !important; column-gap: ${2 * (vertical ? top : side)}px !important; column-fill: auto !important;
        font-size: ${size}% !important;
        color-scheme: ${dark ? 'dark' : 'light'} !important; ${dark ? 'color: #dad8d2 !important; background: transparent !important' : ''}
    }
    body { margin: 0 !important; padding: 0 !important; max-width: none !important }
    ${dark ? 'body { color: inherit !important; background: transparent !important } :root :any-link { color: inherit !important }' : ''}`]

const isBare = ({ body }) => Boolean(body) && !body.textContent.trim() && body.querySelectorAll('img, image').length === 1

const lay = () => {
    const doc = frame.contentDocument
    const html = doc.documentElement
    layout = { doc, bare: isBare(doc), scroller: doc.scrollingElement ?? html, vertical: false, back: false }
    fit()
    const sizes = measures()
    Object.assign(layout, { step: sizes.w + 2 * sizes.side, extent: sizes.w })
    pages = 1
    if (html.namespaceURI === XHTML && doc.body) {
        const vertical = doc.defaultView.getComputedStyle(doc.body).writingMode.startsWith('vertical')
        rules(sizes, vertical).forEach((text, last) => {
            const id = `epubmaker-preview-${last}`
            const style = doc.getElementById(id) ?? doc.createElementNS(XHTML, 'style')
            style.id = id
            style.textContent = text
            if (last) html.append(style)
            else if (!style.isConnected) (doc.head ?? html).prepend(style)
        })
        if (vertical) Object.assign(layout, { step: sizes.h + 2 * sizes.top, extent: sizes.h, vertical })
        layout.back = !vertical && doc.defaultView.getComputedStyle(html).direction === 'rtl'
        count()
        const colored = doc.defaultView.getComputedStyle(doc.body).backgroundColor
        paper.style.backgroundColor = !dark && colored !== 'rgba(0, 0, 0, 0)' ? colored : ''
    }
}

const count = () => {
    const { scroller, step, extent, vertical } = layout
    const length = vertical ? scroller.scrollHeight : scroller.scrollWidth
    pages = Math.max(1, Math.round((length + step - extent) / step))
}

const offset = () => Math.abs(layout.vertical ? layout.scroller.scrollTop : layout.scroller.scrollLeft)

const pageOf = element => {
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect()
    const start = layout.vertical ? box.top : layout.back ? layout.extent - box.right : box.left
    return Math.floor((start + offset() + 1) / layout.step)
}

const target = fragment => fragment && (layout.doc.getElementById(fragment) ?? layout.doc.getElementsByName?.(fragment)[0])

const turnTo = number => {
    page = Math.max(0, Math.min(pages - 1, number))
    const { scroller, step, vertical, back } = layout
    if (vertical) scroller.scrollTo(0, page * step)
    else scroller.scrollTo(back ? -page * step : page * step, 0)
    tell()
}

const find = where => {
    const element = target(where.fragment)
    if (element) return pageOf(element)
    if ('share' in where) return Math.floor(where.share * pages + 1e-6)
    return where.last ? pages - 1 : where.page ?? 0
}

// --- chapters

const addressOf = (path, kind = 'book') => `${root}${kind}/${edition}/${path.split('/').map(encodeURIComponent).join('/')}`

const shownPath = () => {
    const { pathname } = frame.contentWindow.location
    const start = `${root}book/`
    return pathname.startsWith(start) ? decodeURIComponent(pathname.slice(start.length)).replace(/^[^/]*\//, '') : null
}

const open = (number, where = {}, again = false) => {
    if (number < 0 || number >= book.spine.length) return say(number < 0 ? 'this is the first page' : 'this is the last page')
    if (number === chapter && layout && !again) return turnTo(find(where))
    wanted = where
    layout = null
    chapter = number
    frame.classList.add('waiting')
    frame.contentWindow.location.replace(addressOf(book.spine[number]))
}

// A document comes to the frame in two steps. What the frame loads is empty; the document's own text is parsed here, where
// nothing of it is loaded or run, and what would reach out of the book is taken away. Then it takes the empty one's place.
const loaded = async () => {
    let doc = null, path = null
    try {
        if (!book || frame.contentWindow.location.href === 'about:blank') return
        doc = frame.contentDocument
        path = shownPath()
    } catch { /* the browser's own page for an error */ }
    const back = { share: page / pages }
    const where = wanted ?? {}
    wanted = layout = null
    if (path) where.fragment ??= hashTaken(doc)
    const answer = path && await fetch(addressOf(path, 'text'))
    if (!answer?.ok) {
        say('the book has no such page')
        if (path !== book.spine[chapter]) open(chapter, back, true)
        return
    }
    const root = parsed(await answer.arrayBuffer()).documentElement
    if (doc !== frame.contentDocument) return // another chapter was asked for meanwhile
    chapter = order.get(path) ?? chapter
    doc.replaceChild(doc.adoptNode(root), doc.documentElement)
    await settled(doc)
    if (doc !== frame.contentDocument) return
    lay()
    guard()
    turnTo(find(where))
    frame.classList.remove('waiting')
    if (doc.fonts?.status === 'loading') doc.fonts.ready.then(() => layout?.doc === doc && relay())
}

const parsed = bytes => {
    const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength))
    const said = /encoding\s*=\s*["']([\w-]+)/.exec(new TextDecoder('latin1').decode(bytes.slice(0, 200)))
    const label = first === 0xfe && second === 0xff ? 'utf-16be' : first === 0xff && second === 0xfe ? 'utf-16le' : said?.[1] ?? 'utf-8'
    let decoder = new TextDecoder()
    try { decoder = new TextDecoder(label) } catch { /* no such encoding */ }
    const text = decoder.decode(bytes)
    let doc = new DOMParser().parseFromString(text, 'application/xhtml+xml')
    if (doc.querySelector('parsererror')) doc = new DOMParser().parseFromString(text, 'text/html')
    for (const node of doc.querySelectorAll('script, base, meta[http-equiv], iframe, frame, link')) {
        const type = node.getAttribute('type') || 'text/css'
        if (node.localName !== 'link' || !node.getAttribute('href') || node.getAttribute('rel') !== 'stylesheet' || type !== 'text/css') node.remove()
    }
    for (const node of doc.querySelectorAll('img[loading]')) node.removeAttribute('loading')
    return doc
}

// Wait until stylesheets and pictures are there, and not for ever.
const settled = async doc => {
    const waiting = new Set(doc.querySelectorAll('link, img'))
    for (const node of waiting) {
        for (const kind of ['load', 'error']) node.addEventListener(kind, () => waiting.delete(node))
    }
    const end = Date.now() + 3000
    while (waiting.size && Date.now() < end) {
        await new Promise(done => setTimeout(done, 10))
        for (const node of waiting) if (node.complete || node.sheet) waiting.delete(node)
    }
}

let isHeard = true // whether what happens in the frame is heard here: WebKit tells nothing of a frame without scripts

// Links that lead out of the book open beside it; all that a reader does in the frame comes here, too.
const guard = () => {
    const { doc } = layout
    isHeard = false
    doc.addEventListener('probe', () => { isHeard = true })
    doc.dispatchEvent(new Event('probe'))
    for (const link of doc.querySelectorAll('a, area')) {
        const href = link.href?.baseVal ?? link.href
        if (!href) continue
        let inside = false
        try { inside = new URL(href, doc.baseURI).href.startsWith(`${location.origin}${root}book/`) } catch { /* no address */ }
        link.setAttribute('target', inside ? '_self' : '_blank')
        if (!inside) link.setAttribute('rel', 'noopener noreferrer')
    }
    doc.addEventListener('keydown', onKey)
    doc.addEventListener('wheel', onWheel, { passive: true })
    doc.addEventListener('touchstart', onTouch, { passive: true })
    doc.addEventListener('touchend', onTouch, { passive: true })
    doc.addEventListener('focusin', event => layout?.doc === doc && turnTo(pageOf(event.target)))
    doc.defaultView.addEventListener('hashchange', follow)
    let settling = 0
    doc.addEventListener('scroll', () => {
        clearTimeout(settling)
        settling = setTimeout(follow, 120)
    })
}

// Show the page that the frame was scrolled into: by a link to a place in the chapter, a search, a selection.
const follow = () => {
    if (!layout || layout.doc !== frame.contentDocument) return
    const element = target(hashTaken(layout.doc))
    if (element) turnTo(pageOf(element))
    else if (Math.abs(offset() - page * layout.step) > 1) turnTo(Math.round(offset() / layout.step))
}

// Return the fragment of a document's address, and take it away, so that the link to it leads there again.
const hashTaken = doc => {
    const { hash, pathname } = doc.location
    if (!hash) return ''
    doc.defaultView.history.replaceState(null, '', pathname)
    try { return decodeURIComponent(hash.slice(1)) } catch { return hash.slice(1) }
}

// Lay the chapter out again, at about the same place.
const relay = () => {
    if (!layout) return
    const share = page / pages
    lay()
    turnTo(Math.floor(share * pages + 1e-6))
}

const turn = by => {
    if (!layout) return
    if (page + by >= 0 && page + by < pages) turnTo(page + by)
    else open(chapter + by, by < 0 ? { last: true } : {})
}

// --- the contents

const listed = () => {
    const nav = at('contents')
    const lists = [document.createElement('ol')]
    links = []
    for (const [depth, title, path, fragment] of book.contents) {
        const level = Math.min(depth, lists.length + 1, 9)
        while (lists.length > level) lists.pop()
        if (lists.length < level && lists.at(-1).lastElementChild) {
            const inner = document.createElement('ol')
            lists.at(-1).lastElementChild.append(inner)
            lists.push(inner)
        }
        const item = document.createElement('li')
        const link = document.createElement(order.has(path) ? 'a' : 'span')
        link.textContent = title || path
        link.dir = 'auto'
        if (order.has(path)) {
            link.href = `#${new URLSearchParams({ at: path, ...(fragment && { id: fragment }) })}`
            links.push({ place: order.get(path), fragment, link })
        }
        item.append(link)
        lists.at(-1).append(item)
    }
    nav.replaceChildren(lists[0])
}

// The last entry of the contents that does not lie behind the page.
const current = () => {
    let best = null
    for (const entry of links) {
        if (entry.place > chapter || (best && entry.place < best.place)) continue
        if (entry.place === chapter && entry.fragment) {
            const element = target(entry.fragment)
            if (element && pageOf(element) > page) continue
        }
        best = entry
    }
    return best?.link
}

const tell = () => {
    place.textContent = `page ${page + 1} of ${pages}`
    const before = document.querySelector('#contents [aria-current]')
    const now = current()
    if (before !== now) {
        before?.removeAttribute('aria-current')
        now?.setAttribute('aria-current', 'true')
        now?.scrollIntoView({ block: 'nearest' })
    }
    const share = page / pages
    const hash = new URLSearchParams({ at: book.spine[chapter], ...(share && { share: share.toFixed(4) }) })
    history.replaceState(null, '', `#${hash}`)
}

// Where the address of this page leads to.
const asked = () => {
    const values = new URLSearchParams(location.hash.slice(1))
    const fragment = values.get('id')
    return [order.get(values.get('at')), fragment ? { fragment } : { share: Number(values.get('share')) || 0 }]
}

// --- what the server tells

const choices = (select, options, chosen) => {
    if (select.options.length !== options.length) {
        select.replaceChildren(...options.map(({ name, title }) => Object.assign(new Option(name, name), { title })))
    }
    select.value = chosen
}

const load = async () => {
    const answer = await fetch(`${root}book.json`).then(found => found.json())
    const path = book?.spine[chapter], share = page / pages
    book = answer.book
    edition = answer.edition
    order = new Map(book.spine.map((name, number) => [name, number]))
    document.title = `${book.title} – preview`
    at('title').textContent = at('title').title = book.title
    listed()
    if (path === undefined) {
        const [number, where] = asked()
        open(number ?? 0, where, true)
    } else {
        open(order.get(path) ?? Math.min(chapter, book.spine.length - 1), { share }, true)
    }
}

let loading = Promise.resolve()
const events = new EventSource(`${root}events`)
events.onopen = () => { at('error').hidden = true }
events.onmessage = event => {
    const before = state
    state = JSON.parse(event.data)
    choices(at('style'), state.styles, state.style)
    choices(at('device'), state.devices, state.device)
    at('style').disabled = Boolean(state.fixed)
    at('style').title = state.fixed || 'Style (s)'
    at('error').textContent = state.error
    at('error').hidden = !state.error
    at('status').textContent = state.making ? '· building…' : ''
    if (!before || before.device !== state.device) {
        fit()
        relay()
    }
    loading = loading.then(() => (state.edition === edition ? null : load())).catch(() => say('the book cannot be loaded'))
}
events.onerror = () => {
    at('error').textContent = 'The preview has ended. Run epubmaker preview again.'
    at('error').hidden = false
}

const choose = values => {
    if (values.style && state.fixed) return say(state.fixed)
    return fetch(`${root}choose?${new URLSearchParams(values)}`, { method: 'POST' }).catch(() => say('not connected'))
}

const chooseNext = (what, by) => {
    if (!state) return
    const names = state[`${what}s`].map(({ name }) => name)
    const name = names[(names.indexOf(state[what]) + by + names.length) % names.length]
    choose({ [what]: name })
    if (what === 'device' || !state.fixed) say(`${what}: ${name}`)
}

// --- keys and buttons

const resize = by => {
    const next = by ? SIZES[SIZES.indexOf(size) + by] : 100
    if (!next) return
    size = next
    store('size', size)
    relay()
    say(`text: ${size}%`)
}

const darken = () => {
    dark = !dark
    store('dark', dark)
    at('theme').setAttribute('aria-pressed', dark)
    relay()
}

const narrow = matchMedia('(max-width: 50rem)')
const showContents = shown => {
    document.body.classList.toggle('no-contents', !shown)
    at('contents-button').setAttribute('aria-expanded', shown)
}
const toggleContents = () => showContents(document.body.classList.contains('no-contents'))

const toggleKeys = () => at('keys').open ? at('keys').close() : at('keys').showModal()
const aside = by => turn(book?.rtl || layout?.back ? -by : by)

const KEYS = [
    ['←, →', 'turn the page', ['ArrowLeft', 'ArrowRight'], event => aside(event.key === 'ArrowLeft' ? -1 : 1)],
    ['Space, Page Down', 'next page', [' ', 'PageDown'], event => turn(event.shiftKey ? -1 : 1)],
    ['Shift Space, Page Up', 'page before', ['PageUp'], () => turn(-1)],
    ['↓, n', 'next chapter', ['ArrowDown', 'n'], () => open(chapter + 1)],
    ['↑, p', 'chapter before', ['ArrowUp', 'p'], () => open(chapter - 1)],
    ['Home, End', 'first and last page of the chapter', ['Home', 'End'], event => layout && turnTo(event.key === 'Home' ? 0 : pages - 1)],
    ['s, S', 'next style, style before', ['s', 'S'], event => chooseNext('style', event.key === 's' ? 1 : -1)],
    ['d, D', 'next device, device before', ['d', 'D'], event => chooseNext('device', event.key === 'd' ? 1 : -1)],
    ['+, −, 0', 'larger, smaller, usual text', ['+', '=', '-', '0'], event => resize({ '-': -1, 0: 0 }[event.key] ?? 1)],
    ['t', 'light or dark page', ['t'], darken],
    ['c', 'contents', ['c'], toggleContents],
    ['?', 'these keys', ['?'], toggleKeys],
]
const actions = new Map(KEYS.flatMap(([, , keys, action]) => keys.map(key => [key, action])))

function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !book) return
    const { target: element, key } = event
    if (element.closest?.('select, input, textarea') || (key === ' ' && element.closest?.('button'))) return
    const action = actions.get(key)
    if (!action || (at('keys').open && key !== '?')) return
    event.preventDefault()
    action(event)
}

let turned = 0
function onWheel(event) {
    if (event.ctrlKey || Math.abs(event.deltaY) < 8 || Date.now() - turned < 250) return
    turned = Date.now()
    turn(event.deltaY < 0 ? -1 : 1)
}

let touched = null
function onTouch(event) {
    const { clientX, clientY } = event.changedTouches[0]
    if (event.type === 'touchstart') {
        touched = { clientX, clientY }
        return
    }
    const across = clientX - (touched?.clientX ?? clientX), down = clientY - (touched?.clientY ?? clientY)
    if (Math.abs(across) > 40 && Math.abs(across) > 2 * Math.abs(down)) aside(across < 0 ? 1 : -1)
}

at('keys-list').replaceChildren(...KEYS.map(([names, text]) => {
    const row = document.createElement('tr')
    const keys = document.createElement('td'), words = document.createElement('td')
    names.split(', ').forEach(name => keys.append(Object.assign(document.createElement('kbd'), { textContent: name }), ' '))
    words.textContent = text
    row.append(keys, words)
    return row
}))

document.addEventListener('keydown', onKey)
stage.addEventListener('wheel', onWheel, { passive: true })
stage.addEventListener('touchstart', onTouch, { passive: true })
stage.addEventListener('touchend', onTouch, { passive: true })
frame.addEventListener('load', loaded)
window.addEventListener('blur', () => setTimeout(() => {
    if (isHeard || document.activeElement !== frame) return
    window.focus()
    setTimeout(follow, 300)
}))
new ResizeObserver(fit).observe(stage)
at('before').onclick = () => turn(-1)
at('after').onclick = () => turn(1)
at('smaller').onclick = () => resize(-1)
at('larger').onclick = () => resize(1)
at('theme').onclick = darken
at('theme').setAttribute('aria-pressed', dark)
at('help').onclick = toggleKeys
at('contents-button').onclick = toggleContents
for (const what of ['style', 'device']) {
    at(what).onchange = event => {
        choose({ [what]: event.target.value })
        event.target.blur() // so that keys turn pages again
    }
}
at('contents').addEventListener('click', event => { if (narrow.matches && event.target.closest('a')) showContents(false) })
narrow.onchange = () => showContents(!narrow.matches)
showContents(!narrow.matches)
window.addEventListener('hashchange', () => {
    const [number, where] = asked()
    if (book && number !== undefined) open(number, where)
})
