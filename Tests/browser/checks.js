// What a reader meets on the page, computed in the page: a list of what is wrong.

// WCAG 2.2, 1.4.3 and 1.4.11: every visible text against what is behind it, and every drawn line.
function contrastProblems() {
  const problems = [];
  const channels = colour => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = colour => {
    const [r, g, b] = channels(colour).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ratio = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + .05) / (dark + .05);
  };
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor, alpha = channels(colour)[3];
      if (alpha === 255) return colour;
      if (alpha !== 0) problems.push(`${name(one)}: a background that shines through is not computed here`);
    }
    return "white";
  };
  const name = element => `${element.localName}#${element.closest("[id]")?.id} "${element.textContent.trim().slice(0, 30)}"`;
  let looked = 0;
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const saysSomething = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (saysSomething && !["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) {
      const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      const found = ratio(style.color, behind(element));
      looked += 1;
      if (found < (isLarge ? 3 : 4.5)) problems.push(`${name(element)}: ${found.toFixed(2)} to 1`);
    }
    if (element.matches("path, line, circle") && !element.matches(".grid, .area")) {
      looked += 1;
      const found = ratio(style.stroke, behind(element));
      if (found < 3) problems.push(`${element.outerHTML.slice(0, 60)}: ${found.toFixed(2)} to 1`);
    }
  }
  if (looked < 60) problems.push(`only ${looked} things were looked at`);
  return problems;
}

// Names, order and structure as assistive technology needs them.
function structureProblems() {
  const problems = [];
  const visible = selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility());
  const expect = (holds, what) => { if (!holds) problems.push(what); };
  let level = 0;
  for (const heading of visible("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.localName[1]);
    expect(next <= level + 1, `h${level} is followed by h${next}: ${heading.textContent}`);
    expect(heading.textContent.trim(), "an empty heading");
    level = next;
  }
  expect(visible("h1").length === 1, `${visible("h1").length} first headings`);
  for (const landmark of ["header", "main", "footer"]) {
    expect(visible(landmark).length === 1, `${visible(landmark).length} of ${landmark}`);
  }
  for (const section of visible("section")) {
    expect(section.querySelector("h1, h2") || section.ariaLabel, `a section without a title: ${section.textContent}`);
  }
  for (const table of visible("table")) {
    expect(table.caption?.textContent.trim(), `a table without caption: ${table.id}`);
    expect([...table.tHead.rows[0].cells].every(cell => cell.scope === "col"), `heads without scope: ${table.id}`);
    const rows = [...table.tBodies[0].rows];
    expect(rows.length, `a table without rows: ${table.id}`);
    expect(rows.every(row => row.cells[0].matches("th[scope=row]")), `rows without a head: ${table.id}`);
    expect(rows.every(row => row.cells.length === table.tHead.rows[0].cells.length), `rows of other lengths: ${table.id}`);
  }
  for (const drawing of visible("svg")) {
    const isHidden = drawing.closest("[aria-hidden=true]");
    expect(isHidden || (drawing.role === "img" && drawing.ariaLabel), "a drawing that says nothing");
  }
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  expect(new Set(ids).size === ids.length, `ids twice: ${ids.filter((id, index) => ids.indexOf(id) !== index)}`);
  const keys = visible("[data-key]").map(one => one.dataset.key);
  expect(new Set(keys).size === keys.length, `keys twice: ${keys.filter((key, index) => keys.indexOf(key) !== index)}`);
  for (const named of document.querySelectorAll("[aria-labelledby]")) {
    const id = named.getAttribute("aria-labelledby");
    expect(document.getElementById(id), `nothing bears the id ${id}`);
  }
  expect(document.documentElement.lang === "en", "the language is not told");
  const spoken = [...document.querySelectorAll("[aria-live], [role=status], [role=alert]")].map(one => one.id).join();
  expect(spoken === "headline", `read aloud is not the headline alone: ${spoken}`);
  return problems;
}

// What reaches beyond the right edge of the page, or of the section that it stands in.
function overflowing() {
  const edge = document.documentElement.clientWidth, scrolled = document.documentElement.scrollWidth;
  const wide = [...document.querySelectorAll("body *")].filter(one => one.checkVisibility() && !one.closest("[role=img]")
    && (one.getBoundingClientRect().right > edge + .5 || one.matches("section") && one.scrollWidth > one.clientWidth));
  const named = wide.slice(0, 5).map(one => `${one.localName}#${one.closest("[id]")?.id}: ${one.textContent.trim().slice(0, 40)}`);
  return scrolled > edge ? [`the page: ${scrolled} of ${edge}`, ...named] : named;
}

return { contrastProblems, structureProblems, overflowing }[arguments[0]]();
