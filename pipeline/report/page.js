(function () {
  "use strict";
  var root = document.documentElement;
  var switches = document.querySelectorAll("button[data-set-lang]");
  root.classList.add("js");

  function setLanguage(lang) {
    root.setAttribute("data-lang", lang);
    root.lang = lang === "zh" ? "zh-Hans" : "en";
    document.title = root.getAttribute("data-title-" + lang);
    switches.forEach(function (b) {
      b.setAttribute("aria-pressed", String(b.getAttribute("data-set-lang") === lang));
    });
  }
  // Storage may be refused to a page opened from a folder; the switch works without it.
  function remembered() {
    try { return window.localStorage.getItem("dossier-lang"); } catch (e) { return null; }
  }
  function remember(lang) {
    try { window.localStorage.setItem("dossier-lang", lang); } catch (e) { /* as above */ }
  }
  var asked = /[?&]lang=(en|zh)(&|$)/.exec(window.location.search);
  var lang = asked ? asked[1] : remembered();
  setLanguage(lang === "en" || lang === "zh" ? lang : root.getAttribute("data-lang"));
  switches.forEach(function (b) {
    b.addEventListener("click", function () {
      setLanguage(b.getAttribute("data-set-lang"));
      remember(b.getAttribute("data-set-lang"));
    });
  });

  // A finding and its place on the picture light up together.
  function light(event) {
    var over = event.target.closest ? event.target.closest("[data-finding]") : null;
    var number = over && over.getAttribute("data-finding");
    document.querySelectorAll("[data-finding]").forEach(function (e) {
      e.classList.toggle("lit", number !== null && e.getAttribute("data-finding") === number);
    });
  }
  document.addEventListener("mouseover", light);
  document.addEventListener("focusin", light);

  document.querySelectorAll("button[data-copy]").forEach(function (b) {
    b.addEventListener("click", function () {
      var box = document.getElementById(b.getAttribute("data-copy"));
      function done() {
        var card = b.closest(".message");
        card.classList.add("copied");
        window.setTimeout(function () { card.classList.remove("copied"); }, 4000);
      }
      function byHand() {
        var range = document.createRange();
        range.selectNodeContents(box);
        var selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        if (document.execCommand("copy")) { done(); }
      }
      if (navigator.clipboard && navigator.clipboard.writeText) {
        navigator.clipboard.writeText(box.textContent).then(done, byHand);
      } else { byHand(); }
    });
  });

  // The picture of the evidence and the document as it came take each other's place.
  document.querySelectorAll("button[data-plain]").forEach(function (b) {
    var evidence = b.closest(".evidence").querySelector("img");
    var section = b.closest(".document");
    var plain = section && section.querySelector(".frame img");
    if (!plain) { b.remove(); return; }
    var marked = evidence.src;
    b.addEventListener("click", function () {
      var show = b.getAttribute("aria-pressed") !== "true";
      b.setAttribute("aria-pressed", String(show));
      evidence.src = show ? plain.src : marked;
    });
    // What is printed is the evidence.
    window.addEventListener("beforeprint", function () { evidence.src = marked; b.setAttribute("aria-pressed", "false"); });
  });

  // What is folded on the screen is printed.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    folded.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (d) { d.open = false; });
  });
})();
