/* A document's page: choose a sentence, get its citation. */
(function () {
  "use strict";
  var about = JSON.parse(document.getElementById("island-citation").textContent);
  var box = document.getElementById("cite"), out = document.getElementById("cite-text");
  function place(article, zh) {
    return /^[0-9]/.test(article) ? (zh ? "第" + article + "条" : "Article " + article) : article;
  }
  function cite() {
    var number = /^#s(\d{1,9})$/.exec(location.hash), node = number && document.getElementById("s" + number[1]);
    box.hidden = !node;
    if (!node) { return; }
    var zh = tifa.lang() === "zh", parts = [about.issuer, zh ? "《" + about.title + "》" : "“" + about.title + "”", about.number,
      place(node.dataset.a || "", zh), about.date, (zh ? "第" + number[1] + "句" : "sentence " + number[1]),
      (zh ? "字符 " : "characters ") + node.dataset.o, about.url, about.path, "sha256:" + about.sha256.slice(0, 16)];
    out.textContent = parts.filter(function (part) { return part && part !== "–"; }).join(zh ? "，" : ", ");
  }
  document.getElementById("cite-copy").addEventListener("click", function () {
    if (navigator.clipboard) { navigator.clipboard.writeText(out.textContent); }
  });
  document.getElementById("cite-close").addEventListener("click", function () { box.hidden = true; });
  addEventListener("hashchange", cite);
  document.addEventListener("tifa-display", cite);
  cite();
})();
