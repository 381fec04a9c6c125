/** Sizes of regular topologies with room for a number of nodes. */

/** The most nearly square mesh of at least so many routers, wider than high. */
export function nearSquare(routers: number): { readonly columns: number; readonly rows: number } {
  const rows = Math.max(1, Math.floor(Math.sqrt(routers)));
  return { columns: Math.ceil(routers / rows), rows };
}

/** The dimension of the smallest hypercube of at least so many routers. */
export function dimensionFor(routers: number): number {
  let dimension = 0;
  while (2 ** dimension < routers) dimension++;
  return dimension;
}
