// Sets the chosen colours and density before the first paint; the only script that blocks.
(function () {
  var root = document.documentElement;
  try {
    ["theme", "density"].forEach(function (name) {
      var chosen = localStorage.getItem("wayfare-" + name);
      if (chosen) root.setAttribute("data-" + name, chosen);
    });
  } catch {
    // Storage is closed: the system's colours stay.
  }
})();
