// What kinds of question add to their forms. The script of a kind says so under the word in its forms' `data-module`.

const enhancers = new Map();

export const enhances = (module, enhance) => enhancers.set(module, enhance);

// Before anything is painted, and apart: a mistake in it holds up nothing else.
export const enhanceForm = (form) => queueMicrotask(() => enhancers.get(form.dataset.module)(form));
