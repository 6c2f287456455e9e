/** Anything that a heap holds; a node is in one heap at a time. */
export interface HeapNode {
  /** Position in its heap, kept by the heap; meaningless outside one. */
  place: number;
}

/** A binary heap whose nodes know their place, so that any of them can be removed in O(log n). */
export class Heap<Node extends HeapNode> {
  readonly #nodes: Node[] = [];
  readonly #before: (a: Node, b: Node) => boolean;

  /** `before` must not change its mind about nodes while they are in the heap. */
  constructor(before: (a: Node, b: Node) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#nodes.length;
  }

  get first(): Node | undefined {
    return this.#nodes[0];
  }

  add(node: Node): void {
    this.#nodes.push(node);
    this.#rise(node, this.#nodes.length - 1);
  }

  /** Whether the node was in this heap. */
  remove(node: Node): boolean {
    const { place } = node;
    if (this.#nodes[place] !== node) return false;
    const last = this.#nodes.pop()!;
    if (last === node) return true;
    this.#rise(last, place);
    if (last.place === place) this.#sink(last, place);
    return true;
  }

  /** The first nodes, in order, as long as `wanted` says so and up to `limit`; all of them stay. */
  take(limit: number, wanted: (node: Node) => boolean): Node[] {
    const taken: Node[] = [];
    for (let node = this.first; node !== undefined && taken.length < limit; node = this.first) {
      if (!wanted(node)) break;
      this.remove(node);
      taken.push(node);
    }
    for (const node of taken) this.add(node);
    return taken;
  }

  #rise(node: Node, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#nodes[parent]!;
      if (!this.#before(node, above)) break;
      this.#put(above, place);
      place = parent;
    }
    this.#put(node, place);
  }

  #sink(node: Node, from: number): void {
    let place = from;
    for (;;) {
      const child = this.#earlierChild(place);
      if (child === undefined || !this.#before(child, node)) break;
      const below = child.place;
      this.#put(child, place);
      place = below;
    }
    this.#put(node, place);
  }

  #earlierChild(place: number): Node | undefined {
    const left = this.#nodes[2 * place + 1];
    const right = this.#nodes[2 * place + 2];
    if (left === undefined || right === undefined) return left;
    return this.#before(right, left) ? right : left;
  }

  #put(node: Node, place: number): void {
    this.#nodes[place] = node;
    node.place = place;
  }
}
