// What Swagger UI lacks for the keyboard and for screen readers: components that its plugin API replaces, and attributes
// of elements that it draws.

const LABELLED = [
  [".operation-filter-input", () => "Filter by tag or path"],
  ["tr[data-param-name] :is(input:not([type=checkbox]), select, textarea)", (one) => one.closest("tr").dataset.paramName],
  [".examples-select-element", () => "Example"],
  [".body-param__text", () => "Request body"],
  [".close-modal", () => "Close"],
  [".auth-container input", (one) => `Value of ${one.closest("form").querySelector("h4 code").textContent}`],
  [".expand-operation", (one) => `Operations of ${one.closest("h3").dataset.tag}`],
];
/** Blocks that scroll, which the keyboard can scroll only if they take the focus; with their names. */
const SCROLLABLE = [
  [".curl", () => "Curl"],
  [".request-url pre", () => "Request URL"],
  [".highlight-code:not(.live-responses-table *) pre", () => "Example"],
  [".live-responses-table .highlight-code pre", () => "Response body"],
  [".live-responses-table h5 + pre", (one) => one.previousElementSibling.textContent],
];
/** Levels below the heading of the page; those of Swagger UI begin at 1 and leave levels out. */
const LEVELS = [
  [".info .title", 2],
  [".models > h4", 2],
  [".modal-ux-header h3", 2],
  [".auth-container h4", 3],
  [".auth-container h6", 4],
];
/** Attributes that are wrong: a table that is no table, names that differ from the text of the button, an id of many. */
const REMOVED = [
  [".responses-table[role]", "role"],
  [".modal-btn[aria-label]", "aria-label"],
  ["#include_empty_value", "id"],
  ["[for=include_empty_value]", "for"],
];

/** The plugin of Swagger UI: a layout inside the main part of the page, no link in a button, focus that is kept. */
export const plugin = {
  components: { Reference },
  wrapComponents: {
    OperationSummaryPath: (Original, { React }) => class extends Original {
      render() {
        const made = super.render();
        return React.cloneElement(made, {}, React.createElement("span", { className: "nostyle" }, made.props.children.props.text));
      }
    },
    // A button that is disabled while the request is under way loses the focus.
    execute: (Original, { React }) => class extends Original {
      render() {
        const made = super.render(), { disabled, onClick } = made.props;
        return React.cloneElement(made, { disabled: false, "aria-disabled": disabled, onClick: disabled ? undefined : onClick });
      }
    },
    authorizationPopup: (Original, { React, authActions }) => (props) => {
      const dialog = React.useRef(null);
      // Closed before it is removed, so that the focus goes back to the button that opened it.
      React.useLayoutEffect(() => { const shown = dialog.current; shown.showModal(); return () => shown.close(); }, []);
      return React.createElement("dialog", { ref: dialog, "aria-label": "Available authorizations", onCancel: () => authActions.showDefinitions(false) },
        React.createElement(Original, props));
    },
  },
};

/** The parts of Swagger UI's own layout that a document of this sandbox needs. That one makes a main part of its own. */
function Reference({ getComponent, getSystem }) {
  const { createElement } = getSystem().React;
  const part = (name, className) => createElement("div", { className, key: name }, createElement(getComponent(name, true)));
  return createElement("div", { className: "swagger-ui" }, createElement(getComponent("SvgAssets")),
    part("errors"), part("InfoContainer"), part("AuthorizeBtnContainer", "scheme-container"), part("FilterContainer"), part("operations"), part("Models"));
}

/** Amends what is drawn below an element, now and after each change. */
export function amend(root) {
  amendOnce(root);
  new MutationObserver(() => amendOnce(root)).observe(root, { childList: true, subtree: true });
}

function amendOnce(root) {
  const each = (selector, change) => root.querySelectorAll(selector).forEach(change);
  for (const [selector, name] of LABELLED) each(selector, (one) => set(one, "aria-label", name(one)));
  for (const [selector, level] of LEVELS) each(selector, (one) => set(one, "aria-level", String(level)));
  for (const [selector, attribute] of REMOVED) each(selector, (one) => one.removeAttribute(attribute));
  for (const [selector, name] of SCROLLABLE) {
    each(selector, (one) => { set(one, "tabindex", "0"); set(one, "role", "group"); set(one, "aria-label", name(one)); });
  }
}

function set(element, attribute, value) {
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}
