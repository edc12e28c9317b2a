import type { StepKind } from "./graph-view.js";

export type ColouredKind = Exclude<StepKind, "composite">;

interface Colours {
  readonly fill: string;
  readonly stroke: string;
  readonly text: string;
}

/** Colours by what a step costs: shuffles move data between workers and stand out. */
export const palette: Readonly<
  Record<ColouredKind, { readonly light: Colours; readonly dark: Colours }>
> = {
  source: {
    light: { fill: "#e3f4e8", stroke: "#3d8f5f", text: "#17402a" },
    dark: { fill: "#16331f", stroke: "#5fb985", text: "#d5f2df" },
  },
  function: {
    light: { fill: "#e7effb", stroke: "#4a78b8", text: "#1b3355" },
    dark: { fill: "#16263d", stroke: "#6f9fdf", text: "#dbe8fa" },
  },
  shuffle: {
    light: { fill: "#fdeed9", stroke: "#c07a22", text: "#573408" },
    dark: { fill: "#3a2710", stroke: "#e0a04e", text: "#fbe8cc" },
  },
  combine: {
    light: { fill: "#f1e9fa", stroke: "#8560b8", text: "#3b2459" },
    dark: { fill: "#2a1d3d", stroke: "#b08fe0", text: "#ecdffa" },
  },
  flatten: {
    light: { fill: "#eef0f2", stroke: "#7b8591", text: "#2f363d" },
    dark: { fill: "#262b31", stroke: "#98a2ae", text: "#e3e7eb" },
  },
};

/** Colours of what is no step. */
export const canvas = {
  light: {
    background: "#ffffff",
    box: "#f7f8fa",
    border: "#c3cad3",
    text: "#2f363d",
    faint: "#6b7480",
  },
  dark: {
    background: "#0f1318",
    box: "#171c23",
    border: "#3a434e",
    text: "#dfe4ea",
    faint: "#98a2ae",
  },
} as const;
