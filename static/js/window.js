// A name of this window: of two quick orders the second one may have been given before the first was answered.

export const windowName = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
