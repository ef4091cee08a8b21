/* Language and theme of the interface, set before the first paint; remembered where the browser allows it. */
(function () {
  "use strict";
  var root = document.documentElement;
  function recall(key) { try { return localStorage.getItem("tifa-" + key); } catch (e) { return null; } }
  function keep(key, value) { try { localStorage.setItem("tifa-" + key, value); } catch (e) { /* private window */ } }
  var asked = /[?&]lang=(en|zh)\b/.exec(location.search);
  var lang = (asked && asked[1]) || recall("lang") || (/^zh/i.test(navigator.language || "") ? "zh" : "en");
  var theme = recall("theme") || "auto";
  root.classList.add("js");

  function apply() {
    root.lang = lang;
    root.dataset.ui = lang;
    root.dataset.theme = theme;
    document.querySelectorAll("[data-label-en]").forEach(function (node) {
      node.setAttribute("aria-label", node.getAttribute("data-label-" + lang));
    });
    document.dispatchEvent(new CustomEvent("tifa-display"));
  }
  window.tifa = {
    lang: function () { return lang; },
    dark: function () {
      return theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    },
    theme: function () { return theme; }
  };
  apply();
  document.addEventListener("DOMContentLoaded", function () {
    document.getElementById("ui-lang").addEventListener("click", function () {
      lang = lang === "zh" ? "en" : "zh";
      keep("lang", lang);
      apply();
    });
    document.getElementById("ui-theme").addEventListener("click", function () {
      theme = { auto: "dark", dark: "light", light: "auto" }[theme];
      keep("theme", theme);
      apply();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
    apply();
  });
})();
