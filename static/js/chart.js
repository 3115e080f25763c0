// Redraws a trend with ECharts when it comes into view, from the table that stands below it.

const FIELDS = ["value", "low", "high", "n"];

/** A colour token as rgb, which is all that the chart library understands. */
function colour(token) {
  const probe = document.createElement("i");
  probe.style.setProperty("color", `var(${token})`);
  document.body.append(probe);
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  brush.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${alpha / 255})`;
}

/** The rows of the twin table; a number that is not there is null. */
function pointsOf(table) {
  return [...table.querySelectorAll("tbody tr")].map((row) => ({
    label: row.dataset.label,
    url: row.querySelector("a")?.href,
    event: row.dataset.event,
    words: [...row.cells].map((cell) => cell.textContent.trim()),
    ...Object.fromEntries(FIELDS.map((field) => [field, field in row.dataset ? Number(row.dataset[field]) : null])),
  }));
}

/** What stands in the tooltip: period, value, interval, how many of *nouns*, in words. */
function tooltip(point, nouns) {
  const [label, value, interval, counted] = point.words;
  const event = point.event ? `\n${point.event}` : "";
  if (point.value === null) return `${label}\nNo ${nouns}${event}`;
  return `${label}\n${value}${interval ? `  (${interval})` : ""}\n${counted} ${nouns}${event}`;
}

/** The interval as two stacked areas: an unseen floor, and the width above it. */
function band(points, fill) {
  const shared = { type: "line", stack: "interval", symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  const widths = points.map((point) => (point.low === null ? null : point.high - point.low));
  return [
    { ...shared, stackStrategy: "all", data: points.map((point) => point.low) },
    { ...shared, stackStrategy: "all", data: widths, areaStyle: { color: fill } },
  ];
}

/** Everything that the chart library wants to know. */
function options(points, table) {
  const [ink, line, accent, fill, paper] = ["--ink-2", "--line", "--accent", "--accent-band", "--raised"].map(colour);
  const fontFamily = "Figtree, system-ui, sans-serif";
  const axis = { low: Number(table.dataset.axisLow), high: Number(table.dataset.axisHigh), steps: Number(table.dataset.axisSteps) };
  const goal = "goal" in table.dataset ? [{ yAxis: Number(table.dataset.goal), name: "Goal" }] : [];
  const upright = { label: { show: false }, lineStyle: { color: ink, width: 1, type: [5, 3] } };
  const events = points.flatMap(({ event }, place) => (event ? [{ xAxis: place, ...upright }] : []));
  return {
    animation: false,
    aria: { enabled: true, label: { description: table.dataset.title } },
    textStyle: { fontFamily },
    grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: paper, borderColor: line,
      textStyle: { color: colour("--ink"), fontFamily, fontSize: 13, lineHeight: 19 },
      formatter: ([first]) => tooltip(points[first.dataIndex], table.dataset.nouns),
    },
    xAxis: {
      type: "category", data: points.map((point) => point.label), axisTick: { show: false },
      axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true },
    },
    yAxis: {
      type: "value", min: axis.low, max: axis.high, interval: (axis.high - axis.low) / axis.steps, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink },
    },
    series: [
      ...band(points, fill),
      {
        type: "line", data: points.map((point) => point.value), symbol: "circle", symbolSize: 7, cursor: "pointer",
        showSymbol: points.length <= 31, lineStyle: { width: 2, color: accent }, itemStyle: { color: accent },
        markLine: { silent: true, symbol: "none", label: { formatter: "Goal", color: ink, position: "insideEndTop" }, lineStyle: { color: ink, type: [2, 4] }, data: [...goal, ...events] },
      },
    ],
  };
}

/** Puts the live chart in the place of the picture. */
async function enliven(figure) {
  const { init } = await import(figure.dataset.chartLibrary);
  const table = figure.querySelector("[data-chart-table]");
  const trend = figure.querySelector(".trend");
  const plot = figure.querySelector(".trend-plot");
  const points = pointsOf(table);
  const canvas = document.createElement("div");
  canvas.className = "trend-live";
  trend.classList.add("is-live");
  plot.append(canvas);
  const chart = init(canvas, null, { renderer: "svg" });
  const draw = () => chart.setOption(options(points, table), true);
  draw();
  chart.on("click", ({ dataIndex }) => points[dataIndex]?.url && location.assign(points[dataIndex].url));
  new ResizeObserver(() => chart.resize()).observe(plot);
  document.addEventListener("theme-chosen", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    enliven(target);
  }
}, { rootMargin: "200px" });

const watchAll = () => {
  for (const figure of document.querySelectorAll("[data-chart]:not([data-chart-seen])")) {
    figure.dataset.chartSeen = "";
    watcher.observe(figure);
  }
};
watchAll();
document.addEventListener("htmx:after:swap", watchAll);
