// Renews static/vendor and the accessibility checker of the browser tests from npm packages.
// Run by `npm ci && npm run vendor`; its results are committed, so nobody else needs Node.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const PACKAGES = path.join(ROOT, "node_modules");
const VENDOR = path.join(ROOT, "static", "vendor");

const FONTS = [
  ["@fontsource-variable/figtree", "figtree-latin-wght-normal.woff2"],
  ["@fontsource-variable/figtree", "figtree-latin-ext-wght-normal.woff2"],
  ["@fontsource-variable/bricolage-grotesque", "bricolage-grotesque-latin-wght-normal.woff2"],
  ["@fontsource-variable/bricolage-grotesque", "bricolage-grotesque-latin-ext-wght-normal.woff2"],
];

// What PDF files and pictures are set in: whole families, as TrueType, which is what the setter reads.
const PRINT_FONTS = [
  ["@expo-google-fonts/figtree", "400Regular/Figtree_400Regular.ttf"],
  ["@expo-google-fonts/figtree", "400Regular_Italic/Figtree_400Regular_Italic.ttf"],
  ["@expo-google-fonts/figtree", "600SemiBold/Figtree_600SemiBold.ttf"],
  ["@expo-google-fonts/figtree", "700Bold/Figtree_700Bold.ttf"],
  ["@expo-google-fonts/bricolage-grotesque", "700Bold/BricolageGrotesque_700Bold.ttf"],
  ["@expo-google-fonts/noto-sans", "400Regular/NotoSans_400Regular.ttf"],
  ["@expo-google-fonts/noto-sans", "700Bold/NotoSans_700Bold.ttf"],
  ["@expo-google-fonts/noto-sans-arabic", "400Regular/NotoSansArabic_400Regular.ttf"],
  ["@expo-google-fonts/noto-sans-hebrew", "400Regular/NotoSansHebrew_400Regular.ttf"],
  ["@expo-google-fonts/noto-emoji", "400Regular/NotoEmoji_400Regular.ttf"],
];

// Every icon a template may name. Adding one: add it here, then `npm run vendor`.
const ICONS = `
  activity archive archive-restore arrow-down arrow-down-up arrow-left arrow-right arrow-up
  arrow-up-right bell book-open building-2 calendar calendar-range chart-bar chart-line
  chart-no-axes-column check chevron-down chevron-left chevron-right chevron-up chevrons-up-down
  circle circle-alert circle-check circle-help circle-user circle-x clipboard-list clock
  columns-3 command copy corner-down-left database download ellipsis ellipsis-vertical
  external-link eye eye-off file-down file-input file-spreadsheet file-text filter flag folder
  footprints gauge git-merge globe grip-vertical history house inbox info key-round
  keyboard languages layers layout-dashboard lightbulb link list list-checks list-filter
  list-tree loader-circle lock log-in log-out mail map map-pin megaphone menu message-circle
  message-square message-square-text minus monitor moon move-right octagon-x package panel-right
  panel-right-close pencil phone pin play plus quote radio-tower refresh-cw rotate-ccw route
  save scale scroll-text search send settings settings-2 share-2 shield shield-check
  signpost sliders-horizontal smartphone smile sparkles square-pen star store sun sun-moon table
  tag target thumbs-up trash-2 trending-down trending-up triangle-alert undo-2 unlink upload user
  user-plus users waypoints webhook workflow x
`.trim().split(/\s+/);

const from = (name, ...parts) => path.join(PACKAGES, name, ...parts);
const versionOf = async (name) => JSON.parse(await readFile(from(name, "package.json"))).version;

/** The licence of a package, whatever the files are called, with its notice and those of its parts. */
async function licenceOf(name) {
  const entries = await readdir(from(name), { withFileTypes: true });
  const found = entries.filter((entry) => /^(licen[cs]e|notice)/i.test(entry.name));
  const files = await Promise.all(found.map(async (entry) => (entry.isDirectory()
    ? (await readdir(from(name, entry.name))).map((file) => from(name, entry.name, file))
    : [from(name, entry.name)])));
  const texts = await Promise.all(files.flat().map((file) => readFile(file, "utf8")));
  return texts.join("\n");
}

/** A script without its source map comment: the map is not shipped. */
async function script(name, ...parts) {
  const text = await readFile(from(name, ...parts), "utf8");
  return text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
}

/** One SVG file with a <symbol> per icon, drawn by currentColor. */
async function sprite() {
  const symbols = await Promise.all(ICONS.map(async (icon) => {
    const svg = await readFile(from("lucide-static", "icons", `${icon}.svg`), "utf8");
    const shapes = svg.replace(/<!--[^]*?-->/g, "").match(/<svg[^>]*>([^]*)<\/svg>/)[1];
    const drawn = shapes.trim().replace(/\s*\n\s*/g, "");
    return `<symbol id="${icon}" viewBox="0 0 24 24" fill="none" stroke="currentColor" `
      + `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/** The part of ECharts that analytics pages draw with, as one ES module. */
async function charts() {
  const entry = `
    import * as echarts from "echarts/core";
    import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
    import { AriaComponent, DataZoomInsideComponent, GridComponent, LegendComponent,
      MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent
    } from "echarts/components";
    import { SVGRenderer } from "echarts/renderers";
    echarts.use([BarChart, CustomChart, LineChart, ScatterChart, AriaComponent,
      DataZoomInsideComponent, GridComponent, LegendComponent, MarkAreaComponent,
      MarkLineComponent, MarkPointComponent, TooltipComponent, SVGRenderer]);
    export const init = echarts.init;
  `;
  const result = await build({
    stdin: { contents: entry, resolveDir: ROOT },
    bundle: true, minify: true, format: "esm", target: "es2022", write: false,
    legalComments: "inline",
  });
  return result.outputFiles[0].text;
}

const outputs = [
  ["static/vendor/htmx.min.js", "htmx.org", await script("htmx.org", "dist", "htmx.min.js")],
  ["static/vendor/echarts.min.js", "echarts", await charts()],
  ["static/vendor/icons.svg", "lucide-static", await sprite()],
  ["tests/browser/axe.min.js", "axe-core", await script("axe-core", "axe.min.js")],
];
for (const [name, file] of FONTS) {
  outputs.push([`static/vendor/fonts/${file}`, name, await readFile(from(name, "files", file))]);
}
for (const [name, file] of PRINT_FONTS) {
  const output = `cxm/kernel/typesetting/fonts/${path.basename(file)}`;
  outputs.push([output, name, await readFile(from(name, file))]);
}
const BUNDLED = ["zrender", "tslib"]; // inside echarts.min.js

await rm(VENDOR, { recursive: true, force: true });

const manifest = {};
for (const [file, name, content] of outputs) {
  await mkdir(path.dirname(path.join(ROOT, file)), { recursive: true });
  await writeFile(path.join(ROOT, file), content);
  manifest[file] = {
    package: name,
    version: await versionOf(name),
    sha256: createHash("sha256").update(content).digest("hex"),
  };
}
await mkdir(path.join(VENDOR, "LICENSES"));
for (const name of new Set([...outputs.map(([, owner]) => owner), ...BUNDLED])) {
  const file = `${name.replace(/^@/, "").replace("/", "-")}.txt`;
  await writeFile(path.join(VENDOR, "LICENSES", file), await licenceOf(name));
}
await writeFile(path.join(VENDOR, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
