// Reads a catalog with r2-opds-js, the parser of Thorium, as its users do: from the root to the newest books, page by
// page. Arguments: the folder of the modules, the address of the root. Writes a JSON list of the books.
const [modules, root] = process.argv.slice(2);
const load = require("node:module").createRequire(`${modules}/`);
const at = (name, path) => load(`${name}/dist/es8-es2017/src/${path}`);
const { convertOpds1ToOpds2 } = at("r2-opds-js", "opds/converter");
const { OPDS } = at("r2-opds-js", "opds/opds1/opds");
const { OPDSFeed } = at("r2-opds-js", "opds/opds2/opds2");
const { TaJsonDeserialize, TaJsonSerialize } = at("r2-lcp-js", "serializable");
const { XML } = at("r2-utils-js", "_utils/xml-js-mapper");
const { DOMParser } = load("@xmldom/xmldom");
at("r2-opds-js", "opds/init-globals").initGlobalConverters_OPDS();
at("r2-shared-js", "init-globals").initGlobalConverters_GENERIC();

async function feed(address) {
  const answer = await fetch(address);
  const text = await answer.text();
  if (answer.headers.get("content-type").startsWith("application/opds+json")) {
    return TaJsonSerialize(TaJsonDeserialize(JSON.parse(text), OPDSFeed));
  }
  const document = new DOMParser().parseFromString(text, "application/xml");
  return TaJsonSerialize(convertOpds1ToOpds2(XML.deserialize(document, OPDS)));
}

const hrefs = (links, base, relation) =>
  links.filter((link) => [link.rel].flat().includes(relation)).map((link) => new URL(link.href, base).href);

(async () => {
  const books = [];
  const top = await feed(root);
  let [address] = hrefs(top.navigation, root, "http://opds-spec.org/sort/new");
  while (address) {
    const page = await feed(address);
    for (const { metadata, links, images } of page.publications) {
      books.push({
        title: metadata.title,
        series: [metadata.belongsTo.series].flat().map((series) => [series.name, series.position]),
        published: metadata.published,
        images: (images ?? []).map((link) => new URL(link.href, address).href),
        files: hrefs(links, address, "http://opds-spec.org/acquisition/open-access"),
      });
    }
    [address] = hrefs(page.links, address, "next");
  }
  console.log(JSON.stringify(books));
})();
