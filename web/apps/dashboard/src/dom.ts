export type Child = Node | string | null | undefined | false;

/** Attributes and listeners of an element: `on…` are listeners, `true` is an empty attribute. */
export type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

const SVG = "http://www.w3.org/2000/svg";

/** The listeners of an element by event: `patch` replaces them as it does attributes. */
const listeners = new WeakMap<Element, Map<string, (event: Event) => void>>();

function dispatch(event: Event): void {
  listeners.get(event.currentTarget as Element)?.get(event.type)?.(event);
}

function listen(target: Element, type: string, listener: (event: Event) => void): void {
  let known = listeners.get(target);
  if (!known) listeners.set(target, (known = new Map()));
  if (!known.has(type)) target.addEventListener(type, dispatch);
  known.set(type, listener);
}

function fill<Made extends Element>(made: Made, attributes: Attributes, children: Child[]): Made {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") listen(made, key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** Makes an element. Text is always text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an SVG element. */
export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Name] {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/**
 * Makes the children of `parent` like `fresh`, keeping every element that is of the same kind and
 * `data-key`: what has the focus, is selected or scrolled stays so while data changes.
 *
 * An element with `data-own` is left alone: what drew it changes it itself.
 */
export function patch(parent: Element, fresh: readonly Node[]): void {
  const keyed = new Map<string, Element>();
  for (const child of Array.from(parent.children)) {
    const key = child.getAttribute("data-key");
    if (key !== null) keyed.set(key, child);
  }
  let next: ChildNode | null = parent.firstChild;
  for (const wanted of fresh) {
    const key = wanted instanceof Element ? wanted.getAttribute("data-key") : null;
    const found: ChildNode | null = key === null ? next : (keyed.get(key) ?? null);
    if (found && alike(found, wanted)) {
      if (found === next) next = next.nextSibling;
      else parent.insertBefore(found, next);
      renew(found, wanted);
    } else {
      parent.insertBefore(wanted, next);
    }
  }
  while (next) {
    const gone: ChildNode = next;
    next = next.nextSibling;
    gone.remove();
  }
}

function alike(old: Node, fresh: Node): boolean {
  if (old.nodeName !== fresh.nodeName || old.nodeType !== fresh.nodeType) return false;
  if (!(old instanceof Element) || !(fresh instanceof Element)) return true;
  return old.getAttribute("data-key") === fresh.getAttribute("data-key");
}

function renew(old: Node, fresh: Node): void {
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-own")) return;
  // Whether a fold is open is the person's choice.
  const theirs = (name: string): boolean => name === "open" && old.nodeName === "DETAILS";
  for (const { name } of Array.from(old.attributes)) {
    if (!fresh.hasAttribute(name) && !theirs(name)) old.removeAttribute(name);
  }
  for (const { name, value } of Array.from(fresh.attributes)) {
    if (old.getAttribute(name) !== value && !theirs(name)) old.setAttribute(name, value);
  }
  for (const [type, listener] of listeners.get(fresh) ?? []) listen(old, type, listener);
  patch(old, Array.from(fresh.childNodes));
}
