// Open books in foliate-js and in DAISY Ace, all in one process: one question a line on standard input, one answer a line on
// standard output, both JSON.
//
//   node readers.mjs '{"modules": DIR, "chromium": PATH}'
//
//   {"system": "foliate", "path": FILE, "sizes": [[600, 800], ...], "only": START,
//    "shots": [{"size": [536, 724], "scale": 2, "href": "a-1.xhtml", "page": 0, "file": PNG}]}
//   {"system": "ace", "path": FILE, "folder": DIR}
//   {"system": "css", "declarations": ["text-wrap: balance", ...]}
//
// foliate looks at every document on pages of each size, or at those alone whose names have that start: {"found": {"errors": [...], "requests": [...], "start": href,
// "sections": [{"size", "href", "language", "heading", "text", "broken", "outside", "overflowing", "parted",
// "blank": of each page, the share of its height below what it shows}],
// "contents": [{"label", "href", "heading"}]}}. Ace: {"found": its report}.
// CSS: {"found": {"unknown": [those that Chromium does not know]}}. A failure: {"error": its stack}.

import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join, normalize } from 'node:path'
import { createInterface } from 'node:readline'

const config = JSON.parse(process.argv[2])
const require = createRequire(join(config.modules, 'package.json'))
console.log = console.error // standard output is for the answers, and Ace writes there

const TYPES = { '.js': 'text/javascript', '.html': 'text/html', '.epub': 'application/epub+zip' }
const PAGE = `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<style>html, body { margin: 0; height: 100% } foliate-view { display: block; height: 100% }</style></head>
<body><script type="module">import '/foliate-js/view.js'; window.ready = true</script></body></html>`

let opened = null // the path of the book that foliate-js shows

const serve = () => new Promise(resolve => {
    const server = createServer((request, response) => {
        const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname)
        if (path === '/') return response.setHeader('content-type', 'text/html').end(PAGE)
        const file = path === '/book.epub' ? opened : normalize(join(config.modules, 'node_modules', path))
        if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end()
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
        createReadStream(file).pipe(response)
    })
    server.listen(0, '127.0.0.1', () => resolve(server))
})

// The functions below run in the page.

const open = async url => {
    document.querySelector('foliate-view')?.remove()
    const view = document.createElement('foliate-view')
    document.body.append(view)
    await view.open(url)
    view.renderer.setAttribute('margin', '24px')
    view.renderer.setAttribute('max-column-count', '1')
    view.renderer.setAttribute('max-inline-size', '2000px')
    view.renderer.setAttribute('max-block-size', '3000px')
    // It lays out again once it learns its size, and fails where a document is just loading then.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    await view.goToTextStart()
    window.view = view
    const flat = items => items.flatMap(item => [item, ...flat(item.subitems ?? [])])
    return {
        sections: view.book.sections.map(section => section.id),
        start: view.book.sections[view.renderer.getContents()[0].index].id,
        contents: flat(view.book.toc ?? []).map(({ label, href }) => ({ label, href })),
    }
}

// Where the columns are: each page of the book is one.
const inspect = async target => {
    await window.view.goTo(target)
    const { doc, index } = window.view.renderer.getContents()[0]
    await Promise.all([doc.fonts.ready, ...[...doc.images].map(image => image.decode().catch(() => {}))])
    const style = doc.defaultView.getComputedStyle(doc.documentElement)
    // The columns are as wide as fits, which is a little more than they were asked to be.
    const step = window.view.renderer.size
    const width = step - parseFloat(style.columnGap)
    const height = doc.documentElement.clientHeight
    const rtl = style.direction === 'rtl'
    const total = doc.documentElement.getBoundingClientRect().width
    const inside = rect => {
        const from = rtl ? total - rect.right : rect.left
        const left = from - parseFloat(style.paddingLeft)
        const column = ((left % step) + step) % step
        const start = column > step - 2 ? 0 : column
        return start + rect.width <= width + 2 && rect.top >= -2 && rect.bottom <= height + 2
    }
    const overflowing = []
    const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT)
    const range = doc.createRange()
    const fits = (node, from, to) => {
        range.setStart(node, from)
        range.setEnd(node, to)
        return [...range.getClientRects()].every(rect => rect.width === 0 || inside(rect))
    }
    while (walker.nextNode()) {
        const node = walker.currentNode
        if (fits(node, 0, node.length)) continue
        // Spaces may hang over the edge where a line breaks; words may not.
        for (const { 0: word, index: from } of node.data.matchAll(/\S+/g)) {
            if (!fits(node, from, from + word.length)) overflowing.push(word)
        }
    }
    const column = rect => {
        const from = rtl ? total - rect.right : rect.left
        return Math.floor((from - parseFloat(style.paddingLeft) + 2) / step)
    }
    const ends = [] // where what each page shows ends
    const ending = rect => {
        if (!rect.height || !rect.width) return
        const page = column(rect)
        ends[page] = Math.max(ends[page] ?? 0, rect.bottom)
    }
    range.selectNodeContents(doc.body)
    for (const rect of range.getClientRects()) if (rect.height < height / 2) ending(rect)
    for (const shown of doc.querySelectorAll('img, svg, math, hr, td, th, .missing')) [...shown.getClientRects()].forEach(ending)
    const parted = [...doc.querySelectorAll('figure')].filter(figure => {
        const caption = figure.querySelector('figcaption')
        const last = [...figure.querySelectorAll('img, .missing')].pop()
        return caption && last && column(last.getClientRects()[0]) !== column(caption.getClientRects()[0])
    })
    const images = [...doc.images]
    return {
        href: window.view.book.sections[index].id,
        language: doc.documentElement.lang,
        heading: doc.querySelector('h1')?.textContent ?? null,
        text: doc.body.textContent.replace(/\s+/g, ' ').trim(),
        images: images.length,
        broken: images.filter(image => !image.complete || !image.naturalWidth).map(image => image.alt),
        outside: images.filter(image => [...image.getClientRects()].some(rect => !inside(rect))).map(image => image.alt),
        overflowing,
        parted: parted.map(figure => figure.textContent),
        blank: Array.from(ends, end => 1 - (end ?? 0) / height),
    }
}

const turn = async pages => {
    for (let page = 0; page < pages; page++) await window.view.next()
}

const look = async ({ browser, origin }, book) => {
    opened = book.path
    const page = await browser.newPage()
    const found = { errors: [], requests: [], sections: [], contents: [], start: null }
    page.on('console', message => {
        if (message.type() === 'error') found.errors.push(message.text())
    })
    page.on('pageerror', error => found.errors.push(String(error)))
    page.on('request', request => {
        if (!/^(blob|data|about):/.test(request.url()) && !request.url().startsWith(origin)) found.requests.push(request.url())
    })
    const visit = async ([width, height], scale) => {
        await page.setViewport({ width, height, deviceScaleFactor: scale })
        await page.goto(origin)
        await page.waitForFunction('window.ready')
        return page.evaluate(open, '/book.epub')
    }
    for (const size of book.sizes ?? []) {
        const { sections, start, contents } = await visit(size, 1)
        found.start = start
        for (const [index, href] of sections.entries()) {
            if (book.only && !href.startsWith(book.only)) continue
            found.sections.push({ size, ...await page.evaluate(inspect, index) })
        }
        if (!found.contents.length && !book.only) {
            for (const { label, href } of contents) {
                const { heading, href: reached } = await page.evaluate(inspect, href)
                found.contents.push({ label, href, reached, heading })
            }
        }
    }
    let shown = ''
    for (const { size, scale = 1, href, page: pages = 0, file } of book.shots ?? []) {
        if (shown !== `${size} ${scale}`) await visit(size, scale)
        shown = `${size} ${scale}`
        await page.evaluate(inspect, href)
        await page.evaluate(turn, pages)
        await page.screenshot({ path: file })
    }
    await page.close()
    return found
}

// Each system starts with the first question to it, and serves all others.

const once = start => {
    let started
    return () => started ??= start()
}

const foliate = once(async () => {
    const server = await serve()
    const browser = await require('puppeteer-core').launch({
        executablePath: config.chromium,
        args: [
            '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync',
        ],
    })
    return { browser, origin: `http://127.0.0.1:${server.address().port}/` }
})

const ace = once(() => {
    const inside = createRequire(require.resolve('@daisy/ace/package.json'))
    const runner = inside('@daisy/ace-axe-runner-puppeteer')
    inside('@daisy/ace-logger').initLogger({ silent: true })
    // Ace launches and closes a browser for each book.
    return { check: inside('@daisy/ace-core'), runner: { ...runner, launch: once(runner.launch), close: async () => {} } }
})

const supports = async ({ browser }, { declarations }) => {
    const page = await browser.newPage()
    const found = await page.evaluate(all => all.filter(each => !CSS.supports(each)), declarations)
    await page.close()
    return { unknown: found }
}

const SYSTEMS = {
    css: async question => supports(await foliate(), question),
    foliate: async book => look(await foliate(), book),
    ace: async ({ path, folder }) => {
        const { check, runner } = ace()
        const [, report] = await check(path, { cwd: folder, outdir: folder }, runner)
        return report
    },
}

for await (const line of createInterface({ input: process.stdin })) {
    const { system, ...book } = JSON.parse(line)
    const answer = await SYSTEMS[system](book).then(found => ({ found }), error => ({ error: String(error?.stack ?? error) }))
    process.stdout.write(`${JSON.stringify(answer)}\n`)
}
process.exit() // ends the browsers, too
