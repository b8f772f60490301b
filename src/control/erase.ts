/**
 * The one place where types are given up.
 *
 * A builder checks a definition against the SDK's own types and then keeps it
 * in a list with definitions of every other type. TypeScript has no way to say
 * "some operation of some service", so the builder erases what it has already
 * checked. Nothing outside the builders of this folder may call this.
 */
export function erase<To>(value: unknown): To {
  return value as To;
}
