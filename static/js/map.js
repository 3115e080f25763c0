// The editor of a journey map: what is on the page comes from the server; here it is moved about in, written on and
// changed.

import { catchUpBy, mayEdit, watchChanges } from "./map-changes.js";
import { watchClipboard } from "./map-clipboard.js";
import { named } from "./map-commands.js";
import { watchPointer } from "./map-drag.js";
import { watchFiles } from "./map-files.js";
import { goTo, isHere, settle, watchFocus } from "./map-focus.js";
import { byLineage, forget, root } from "./map-grid.js";
import { watchLanes } from "./map-lanes.js";
import { watchKeys } from "./map-keys.js";
import { lookForNews, watchOthers } from "./map-live.js";
import { watchMenus } from "./map-menus.js";
import { watchPanel } from "./map-panel.js";
import { watchTalk } from "./map-talk.js";
import { watchTools } from "./map-tools.js";
import { watchValues } from "./map-values.js";

if (root) {
  watchFocus();
  watchLanes();
  watchKeys();
  watchMenus();
  watchPanel();
  watchClipboard();
  watchOthers();
  watchTalk();
  // Who comes up out of a map inside stands where they went in; what the details beside are about is in sight.
  const asked = new URLSearchParams(location.search);
  const place = byLineage(asked.get("at") ?? "");
  if (place) goTo(place);
  else byLineage(asked.get("of") ?? "")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  // Numbers of lanes, filters and zoom come by themselves.
  document.addEventListener("htmx:after:swap", (event) => {
    forget();
    if (event.detail.ctx.target?.id === "map-view") settle(isHere());
  });
  if (mayEdit()) {
    catchUpBy(lookForNews);
    watchPointer();
    watchFiles();
    watchTools();
    watchValues();
    watchChanges();
    document.addEventListener("map-opened", (event) => { goTo(event.detail.element); named("open").run(); });
  }
}
