/** Asks for the next page of an API that pages by `NextMarker`. */
export const nextPage = ({ NextMarker }: { readonly NextMarker?: string | undefined }) =>
  NextMarker ? { Marker: NextMarker } : undefined;
