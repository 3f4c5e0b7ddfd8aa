"""What Streamlit's own parts lack: words in the reader's language, marks for other ways of reading.

Streamlit has no translations. What takes a parameter (placeholder, label) is given one where it is
used; the rest is exchanged in the browser by a small script, also where it appears later. The same
script names the page's language and marks what a screen reader or a keyboard would stumble over.
"""

from __future__ import annotations

import json

import streamlit as st

from dashboard.i18n import Say, mark, translator

# Streamlit's word -> ours. Matched as a whole, never within a text of the pages.
WORDS = {
    "Page not found": mark("This page does not exist"),
    "Choose an option": mark("choose"),
    "Choose options": mark("choose"),
    "Select...": mark("choose"),
    "No results": mark("nothing found"),
    "No options": mark("nothing to choose from"),
    "No options to select": mark("nothing to choose from"),
    "Select all": mark("choose all"),
    "Clear all": mark("clear all"),
    "Clear value": mark("clear"),
    "Clear selection": mark("clear the selection"),
    "Fullscreen": mark("full screen"),
    "Toggle fullscreen": mark("full screen"),
    "Close fullscreen": mark("leave full screen"),
    "Download as CSV": mark("download the table as CSV"),
    "Search": mark("search the table"),
    "Show/hide columns": mark("choose columns"),
    "Sort ascending": mark("sort upwards"),
    "Sort descending": mark("sort downwards"),
    "Autosize": mark("fit the width"),
    "Pin column": mark("keep the column in view"),
    "Unpin column": mark("let the column go"),
    "Hide column": mark("hide the column"),
    "Statistics": mark("figures of the column"),
    "Copy column name": mark("copy the column's name"),
    "Format": mark("number format"),
    "Previous page": mark("previous page"),
    "Next page": mark("next page"),
    "Increment": mark("one more"),
    "Decrement": mark("one less"),
    "Close": mark("close"),
    "Open": mark("Open"),
    "empty": mark("empty"),
    "Skip to main content": mark("skip to the content"),
    "Link to heading": mark("link to this heading"),
    "Selected values": mark("chosen values"),
    "Running...": mark("loading …"),
    "Stop": mark("stop"),
    "Stopping...": mark("stopping …"),
    "Rerun": mark("reload"),
    "Connecting": mark("connecting …"),
    "Connection error": mark("The connection is lost"),
    "Please wait...": mark("please wait …"),
    "Loading...": mark("loading …"),
    "No content": mark("no content"),
    "No data": mark("no data"),
    "Main menu": mark("menu"),
    "Help": mark("explanation"),
    "Browse files": mark("choose files"),
    "Upload": mark("choose files"),
    "Drag and drop file here": mark("drop a file here"),
    "Drag and drop files here": mark("drop files here"),
    "1MB per file": mark("at most 1 MB"),
}
# Beginnings of an accessible name that the name of a thing follows.
STARTS = {"Remove ": mark("remove "), "Help for ": mark("explanation of ")}
# Beginnings of a text that is exchanged as a whole.
NO_PAGE = mark("The address leads to no page of this system. The overview is shown instead.")
# The name of a table that does not fit: the keyboard stops there to scroll it.
WIDE = mark("table, wider than the screen; scrolls sideways")
BEGINNINGS = {
    "You have requested page": NO_PAGE,
    "The page that you have requested": NO_PAGE,
    "Is Streamlit still running?": mark("The server does not answer. Please tell the maintainers."),
}

# Runs once a page load; a later language only changes the dictionary that it reads.
_SCRIPT = """<script>
window.doudiWords = %s;
document.documentElement.lang = %s;
if (!window.doudiFrame) {
  window.doudiFrame = true;
  const attributes = ["aria-label", "title", "placeholder"];
  const ours = (text, beginning) => {
    const known = window.doudiWords, plain = text.trim();
    if (Object.hasOwn(known.words, plain)) return known.words[plain];
    const start = Object.keys(known[beginning]).find(s => plain.startsWith(s));
    if (!start) return text;
    return known[beginning][start] + (beginning === "starts" ? plain.slice(start.length) : "");
  };
  const text = node => {
    // The guard has ended the connection: what the page still shows goes, the door comes.
    if (node.nodeValue.includes("status 401") && node.parentElement?.closest("[role=dialog]"))
      return location.reload();
    if (node.parentElement?.closest("[data-testid=stHtml], style, script")) return;
    const said = ours(node.nodeValue, "beginnings");
    if (said !== node.nodeValue) node.nodeValue = said;
  };
  const names = element => attributes.forEach(name => {
    if (!element.hasAttribute(name)) return;
    const said = ours(element.getAttribute(name), "starts");
    if (said !== element.getAttribute(name)) element.setAttribute(name, said);
  });
  // A table that is wider than its place is scrolled with the arrow keys, so Tab must stop there.
  const widths = new ResizeObserver(seen => seen.forEach(({target}) => {
    const wide = target.scrollWidth > target.clientWidth;
    const told = {tabindex: "0", role: "group", "aria-label": window.doudiWords.wide};
    for (const name in told)
      wide ? target.setAttribute(name, told[name]) : target.removeAttribute(name);
  }));
  const marks = element => {
    // A sparkline repeats the figure beside it; a drawing is told by the text that follows it.
    if (element.matches("[data-testid=stMetricChart], [data-testid=stPlotlyChart]"))
      element.setAttribute("aria-hidden", "true");
    // The keyboard choosing a cell counts as a click and would open a household on the way past.
    if (element.matches("[data-testid=data-grid-canvas]")) element.tabIndex = -1;
    if (element.matches("[data-tag], [data-testid=stFileUploaderDropzone]"))
      element.setAttribute("role", "group");
    if (element.matches(".dd:has(> table)")) widths.observe(element);
  };
  const all = window.doudiSay = root => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    names(root), marks(root);
    const inner = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (inner.nextNode())
      inner.currentNode.nodeType === Node.TEXT_NODE
        ? text(inner.currentNode) : (names(inner.currentNode), marks(inner.currentNode));
  };
  new MutationObserver(seen => seen.forEach(one => {
    if (one.type === "childList") one.addedNodes.forEach(all);
    else if (one.type === "characterData") text(one.target);
    else names(one.target);
  })).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: attributes,
  });
}
window.doudiSay(document.documentElement);
</script>"""


def speak(say: Say) -> None:
    """Have the browser show Streamlit's own words, and name the page's language, in ours."""
    st.html(script(say), unsafe_allow_javascript=True)


def script(say: Say) -> str:
    """The script that does so, always the same for a language: browsers are told its hash."""
    told = {
        "words": _exchange(WORDS, say),
        "starts": _exchange(STARTS, say),
        "beginnings": {theirs: say(ours) for theirs, ours in BEGINNINGS.items()},
        "wide": say(WIDE),
    }
    return _SCRIPT % (_literal(told), _literal(say.pick("zh-CN", "en")))


def _exchange(words: dict[str, str], say: Say) -> dict[str, str]:
    """Theirs -> ours; in English ours of the other language -> theirs, for after a change."""
    if say.language == "en":
        return {translator("zh")(ours): theirs for theirs, ours in words.items()}
    return {theirs: say(ours) for theirs, ours in words.items()}


def _literal(value: object) -> str:
    """A value for a script; nothing in it can end the script."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
