/* The report in the browser: sections, charts, evidence, the table of documents. No request leaves the page. */
(function () {
  "use strict";
  var $ = function (id) { return document.getElementById(id); };
  var read = function (id) { return JSON.parse($("island-" + id).textContent); };
  var charts = read("charts"), pool = read("evidence"), words = read("words");
  var word = function (key) { return words[key][tifa.lang() === "zh" ? 1 : 0]; };
  var fill = function (text, values) {
    return text.replace(/\{([a-z]{1,10})\}/g, function (all, key) { return values[key]; });
  };
  var grouped = function (n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); };
  var make = function (tag, css, text) {
    var node = document.createElement(tag);
    if (css) { node.className = css; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  };

  /* ---- sections ---- */
  var parts = Array.prototype.slice.call(document.querySelectorAll(".part"));
  var links = Array.prototype.slice.call(document.querySelectorAll("nav.sections a"));

  function show(first) {
    var hash = decodeURIComponent(location.hash.slice(1)), place = hash.split(":"), target = $(place[0]);
    var part = target && target.closest(".part") || parts[0];
    parts.forEach(function (one) { one.classList.toggle("on", one === part); });
    links.forEach(function (link) {
      if (link.hash === "#" + part.id) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
      else { link.removeAttribute("aria-current"); }
    });
    if (part.id === "documents") { draw_documents(); }
    draw_visible();
    var inner = place[1] && $(place[1]);
    if (inner && part.contains(inner)) { inner.scrollIntoView(); }
    else if (target && target !== part) { target.scrollIntoView(); }
    else if (!first) { scrollTo(0, 0); }
    if (place[1] && pool.points[place[1]]) { open_point(place[1]); } else { close_panel(); }
    if (!first && target === part) { $("main").focus({ preventScroll: true }); }
  }

  /* ---- charts ---- */
  var views = {}, drawn = {};
  var LIGHT = { ink: "#22272e", soft: "#57606a", line: "#d9dee4" };
  function colours() {
    var dark = tifa.dark() && !document.documentElement.classList.contains("printing");
    return dark ? { ink: "#d7dbe0", soft: "#a3abb5", line: "#343b45" } : LIGHT;
  }
  function config(width, tone) {
    var font = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
    return {
      background: "transparent", font: font, view: { stroke: null },
      axis: { labelColor: tone.soft, titleColor: tone.soft, gridColor: tone.line, domainColor: tone.line,
              tickColor: tone.line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelPadding: 5 },
      text: { fill: tone.ink },
      axisY: { labelLimit: Math.max(150, Math.min(320, width * 0.38)) },
      legend: { labelColor: tone.ink, labelFontSize: 13, symbolSize: 90, labelLimit: 260 }
    };
  }
  function state() {
    return tifa.lang() + (tifa.dark() ? "-dark" : "-light") +
      (document.documentElement.classList.contains("printing") ? "-print" : "");
  }

  function draw(holder) {
    var id = holder.dataset.chart, wanted = state(), chart = charts[id];
    if (drawn[id] === wanted) { return Promise.resolve(); }
    drawn[id] = wanted;
    var spec = Object.assign({}, chart.specs[tifa.lang()], { data: { values: chart.values } });
    if (views[id]) { views[id].finalize(); delete views[id]; }
    var plot = make("div", "plot");
    plot.setAttribute("aria-hidden", "true");
    holder.replaceChildren(plot);
    return vegaEmbed(plot, spec, {
      ast: true, renderer: "svg", actions: false, defaultStyle: false, logLevel: 1, config: config(holder.clientWidth, colours()),
      tooltip: { disableDefaultStyle: true, theme: "tifa" }
    }).then(function (result) {
      views[id] = result;
      result.view.addEventListener("click", function (event, item) {
        if (item && item.datum && item.datum.point_id) { open_point(item.datum.point_id, holder); }
      });
      holder.dataset.state = wanted;
    }).catch(function (error) {
      holder.textContent = word("failed");
      throw error;
    });
  }
  function holders(inside) {
    return Array.prototype.slice.call((inside || document).querySelectorAll(".canvas"));
  }
  function draw_visible() {
    var on = document.querySelector(".part.on");
    holders(on).reduce(function (last, holder) {
      return last.then(pause).then(function () { return draw(holder); });
    }, Promise.resolve()).then(function () { document.documentElement.dataset.ready = on.id; });
  }
  /* Between two charts the page answers to its reader. */
  function pause() { return new Promise(function (go) { setTimeout(go); }); }
  /* Paper shows every section, so every chart is drawn, in the light theme's ink. */
  addEventListener("beforeprint", function () {
    document.documentElement.classList.add("printing");
    holders().forEach(draw);
  });
  addEventListener("afterprint", function () {
    document.documentElement.classList.remove("printing");
    drawn = {};
    draw_visible();
  });

  function save(id, kind) {
    var holder = document.querySelector('.canvas[data-chart="' + id + '"]');
    draw(holder).then(function () {
      var light = Object.assign({}, charts[id].specs[tifa.lang()], { data: { values: charts[id].values }, width: 900,
        background: "#ffffff", title: { text: $(id).querySelector(".block-title ." + tifa.lang() + ", .block-title bdi").textContent,
          subtitle: $(id).querySelector("figcaption ." + tifa.lang() + ", figcaption bdi").textContent,
          anchor: "start", fontSize: 15, subtitleFontSize: 11, offset: 14, limit: 900 } });
      var box = make("div", "away");
      document.body.append(box);
      return vegaEmbed(box, light, { ast: true, renderer: "svg", actions: false, defaultStyle: false, logLevel: 1,
        config: config(900, LIGHT) })
        .then(function (result) {
          return result.view.toImageURL(kind, kind === "png" ? 2 : 1).then(function (url) {
            var link = make("a");
            link.href = url;
            link.download = id + "." + kind;
            link.click();
            result.finalize();
            box.remove();
          });
        });
    });
  }

  /* ---- evidence ---- */
  var panel = $("panel"), returning = null, opened = null;
  function label_of(code) {
    var marks = [];
    if (code & 1) { marks.push(["dev", word("development")]); }
    if (code & 2) { marks.push(["sec", word("security")]); }
    return marks;
  }
  function open_point(id, from) {
    var point = pool.points[id];
    if (!point) { return; }
    returning = from || (panel.hidden ? document.activeElement : returning);
    opened = id;
    $("panel-title").textContent = point[2][tifa.lang() === "zh" ? 1 : 0];
    $("panel-count").textContent = point[0]
      ? fill(word(/^claim-/.test(id) ? "n_claim" : "n_of"), { shown: grouped(point[1].length), total: grouped(point[0]) })
      : word("none");
    $("panel-remark").textContent = point[3][tifa.lang() === "zh" ? 1 : 0];
    var facts = $("panel-facts"), zh = tifa.lang() === "zh" ? 1 : 0;
    facts.replaceChildren();
    (point[4] || []).forEach(function (fact) { facts.append(make("dt", "", fact[zh]), make("dd", "", fact[2 + zh])); });
    var list = $("panel-list");
    list.replaceChildren();
    point[1].forEach(function (pair) { list.append(sentence_item(pool.sents[pair[0]], pair[1])); });
    dispatchEvent(new Event("resize"));
    panel.hidden = false;
    document.documentElement.classList.add("with-panel");
    panel.scrollTop = 0;
    $("panel-close").focus({ preventScroll: true });
    $("live").textContent = $("panel-title").textContent + ". " + $("panel-count").textContent;
  }
  function sentence_item(row, side) {
    var document_row = pool.docs[row[0]], item = make("li"), quote = make("blockquote", "", row[3]), source = make("p", "small");
    quote.lang = document_row[3];
    if (side) { source.append(make("strong", "", word(side)), " "); }
    label_of(row[4]).forEach(function (mark) { source.append(make("span", "chip " + mark[0], mark[1]), " "); });
    var link = make("a", "title", document_row[1]);
    link.href = "documents/" + document_row[0] + ".html#s" + row[1];
    var place = row[2] || fill(word("sentence"), { n: row[1] });
    source.append(link, " · " + document_row[2] + " · ", make("bdi", "", place));
    item.append(quote, source);
    return item;
  }
  function close_panel() {
    if (panel.hidden) { return; }
    panel.hidden = true;
    opened = null;
    document.documentElement.classList.remove("with-panel");
    dispatchEvent(new Event("resize"));
    if (returning && returning.focus) { returning.focus({ preventScroll: true }); }
  }

  /* ---- documents ---- */
  var SIZE = 50, page = 0, order = { key: "date", down: true }, table = null, found = [];
  function documents() {
    if (!table) {
      table = read("documents");
      table.keys = table.rows.map(function (row) {
        var labels = [["tier", 5], ["doc_type", 6]].map(function (pair) {
          return (table.words[pair[0]][row[pair[1]]] || []).join(" ");
        });
        return (row[1] + " " + row[2] + " " + row[3] + " " + (row[4] || "") + " " + labels.join(" ")).toLowerCase();
      });
      fill_select("doc-lang", table.rows.map(function (row) { return row[8]; }), null);
      fill_select("doc-tier", table.rows.map(function (row) { return row[5]; }), "tier");
      fill_select("doc-type", table.rows.map(function (row) { return row[6]; }), "doc_type");
    }
    return table;
  }
  function coded(kind, code) {
    var pair = kind && table.words[kind][code];
    return pair ? pair[tifa.lang() === "zh" ? 1 : 0] : code;
  }
  function fill_select(id, values, kind) {
    var select = $(id), kept = select.value;
    select.replaceChildren(new Option(word("all"), ""));
    Array.from(new Set(values)).filter(Boolean).sort().forEach(function (value) {
      select.append(new Option(coded(kind, value), value));
    });
    select.value = kept;
  }
  var columns = { title: 1, date: 2, issuer: 3, tier: 5, type: 6, n: 9, dev: 10, sec: 11 };
  function filtered() {
    var data = documents(), parts_ = $("doc-search").value.toLowerCase().split(/\s+/).filter(Boolean);
    var lang = $("doc-lang").value, tier = $("doc-tier").value, type = $("doc-type").value, out = [];
    data.rows.forEach(function (row, place) {
      if ((lang && row[8] !== lang) || (tier && row[5] !== tier) || (type && row[6] !== type)) { return; }
      if (parts_.every(function (part) { return data.keys[place].indexOf(part) >= 0; })) { out.push(place); }
    });
    var column = columns[order.key], sign = order.down ? -1 : 1;
    return out.sort(function (a, b) {
      var x = data.rows[a][column], y = data.rows[b][column];
      if (x === y) { return a - b; }
      if (x === null || x === "") { return 1; }
      if (y === null || y === "") { return -1; }
      return (typeof x === "number" ? x - y : x < y ? -1 : 1) * sign;
    });
  }
  function percent(share) { return share === null ? "–" : (share * 100).toFixed(0) + "%"; }
  function draw_documents() {
    found = filtered();
    var data = table, zh = tifa.lang() === "zh", last = Math.max(0, Math.ceil(found.length / SIZE) - 1);
    page = Math.min(page, last);
    var rows = found.slice(page * SIZE, (page + 1) * SIZE).map(function (place) {
      var row = data.rows[place], line = make("tr"), title = make("td"), link = make("a", "title", row[1]);
      link.href = "documents/" + row[0] + ".html";
      link.lang = row[8].slice(0, 2);
      title.append(link);
      line.append(title, make("td", "num", row[2] || "–"), make("td", "", zh && row[4] ? row[4] : row[3]),
        make("td", "", coded("tier", row[5]) || "–"), make("td", "", coded("doc_type", row[6]) || "–"),
        make("td", "num", grouped(row[9])), make("td", "num dev-number", percent(row[10])),
        make("td", "num sec-number", percent(row[11])));
      return line;
    });
    document.querySelector("#doc-table tbody").replaceChildren.apply(document.querySelector("#doc-table tbody"), rows);
    $("doc-count").textContent = fill(word("rows"), { n: grouped(found.length), total: grouped(data.rows.length) });
    $("doc-page").textContent = fill(word("page"), { n: page + 1, total: last + 1 });
    $("doc-prev").disabled = page === 0;
    $("doc-next").disabled = page === last;
    document.querySelectorAll("#doc-table [data-sort]").forEach(function (button) {
      var on = button.dataset.sort === order.key;
      if (on) { button.closest("th").setAttribute("aria-sort", order.down ? "descending" : "ascending"); }
      else { button.closest("th").removeAttribute("aria-sort"); }
    });
  }

  /* ---- what a reader does ---- */
  document.addEventListener("click", function (event) {
    var node = event.target.closest ? event.target : null;
    if (!node) { return; }
    var point = node.closest("[data-point]"), saver = node.closest("[data-save]"), copier = node.closest(".copy-button");
    var sorter = node.closest("[data-sort]");
    if (point) { open_point(point.dataset.point, point); }
    if (saver) { save(saver.dataset.of, saver.dataset.save); }
    if (node.closest(".show-more")) { more_rows(node, 50); }
    if (node.closest(".show-all")) { more_rows(node, Infinity); }
    if (copier) { copy(copier.previousElementSibling.textContent); }
    if (sorter) {
      order = { key: sorter.dataset.sort, down: order.key === sorter.dataset.sort ? !order.down : false };
      page = 0;
      draw_documents();
    }
  });
  /* Rows that wait: fifty more, or all; the focus goes to the first new row's link, so that a keyboard goes on there. */
  function more_rows(button, limit) {
    var bar = button.closest(".paging"), box = bar.previousElementSibling;
    var waiting = Array.prototype.slice.call(box.querySelectorAll("tr.later")), shown = waiting.slice(0, limit);
    shown.forEach(function (row) { row.classList.remove("later"); });
    if (shown.length === waiting.length) { bar.remove(); }
    var next = shown[0] && shown[0].querySelector("a, button");
    if (next) { next.focus({ preventScroll: true }); } else { box.focus({ preventScroll: true }); }
  }
  function copy(text) {
    if (navigator.clipboard) { navigator.clipboard.writeText(text).then(function () { $("live").textContent = word("copied"); }); }
  }
  $("panel-close").addEventListener("click", close_panel);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { close_panel(); } });
  $("doc-search").addEventListener("input", function () { page = 0; draw_documents(); });
  ["doc-lang", "doc-tier", "doc-type"].forEach(function (id) {
    $(id).addEventListener("change", function () { page = 0; draw_documents(); });
  });
  $("doc-prev").addEventListener("click", function () { page -= 1; draw_documents(); });
  $("doc-next").addEventListener("click", function () { page += 1; draw_documents(); });
  addEventListener("hashchange", function () { show(false); });
  document.addEventListener("tifa-display", function () {
    var themes = words.themes[["auto", "light", "dark"].indexOf(tifa.theme())];
    $("ui-theme").textContent = themes[tifa.lang() === "zh" ? 1 : 0];
    if (table) {
      fill_select("doc-lang", table.rows.map(function (row) { return row[8]; }), null);
      fill_select("doc-tier", table.rows.map(function (row) { return row[5]; }), "tier");
      fill_select("doc-type", table.rows.map(function (row) { return row[6]; }), "doc_type");
      if ($("documents").classList.contains("on")) { draw_documents(); }
    }
    if (opened) { open_point(opened, returning); }
    if (document.querySelector(".part.on")) { draw_visible(); }
  });
  show(true);
})();
