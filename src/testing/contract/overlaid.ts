/** The subject with some members replaced; the others are called on the subject itself. */
export function overlaid<Subject extends object>(subject: Subject, overrides: object): Subject {
  return new Proxy(subject, {
    get(target, key) {
      if (Object.hasOwn(overrides, key)) return Reflect.get(overrides, key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
