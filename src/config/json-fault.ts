/** Where a text stops being JSON, without any of the text: the engine's own errors quote it, and it may hold secrets. */
const STRING = token(String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`);
const OTHER = token(String.raw`(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)`);
const [OBJECT, OBJECT_END, LIST, LIST_END] = [
  token("\\{"),
  token("\\}"),
  token("\\["),
  token("\\]"),
];
const [COLON, COMMA, SPACE] = [token(":"), token(","), token("")];

/** `line 3, column 14`, both from 1, of the first token that can't be there; the end of what is cut off. */
export function placeOfFault(text: string): string {
  const lines = text.slice(0, faultAt(text)).split("\n");
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

function faultAt(text: string): number {
  let at = 0;
  const eat = (token: RegExp): boolean => {
    token.lastIndex = at;
    if (!token.test(text)) return false;
    at = token.lastIndex;
    return true;
  };
  const items = (item: () => boolean, end: RegExp): boolean => {
    if (eat(end)) return true;
    do if (!item()) return false;
    while (eat(COMMA));
    return eat(end);
  };
  const member = (): boolean => eat(STRING) && eat(COLON) && value();
  const value = (): boolean => {
    if (eat(OBJECT)) return items(member, OBJECT_END);
    return eat(LIST) ? items(value, LIST_END) : eat(STRING) || eat(OTHER);
  };
  value();
  eat(SPACE);
  return at;
}

function token(pattern: string): RegExp {
  return new RegExp(`[ \\t\\r\\n]*${pattern}`, "y");
}
