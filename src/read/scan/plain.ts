import { countNewlines } from "./newlines.ts";
import { type Marker, PIECES } from "./markers.ts";
import type { Hit, Scanner } from "./scanned.ts";

/** The same as simd.ts does, for where there is no SIMD: a native search for each piece, and one for newlines. */
export const scanPlainly: Scanner = (bytes) => {
  const found: { readonly place: number; readonly at: number; readonly marker: Marker }[] = [];
  for (const { bytes: piece, markers } of PIECES)
    for (let place = bytes.indexOf(piece); place >= 0; place = bytes.indexOf(piece, place + 1)) {
      const fits = markers.find(({ marker, offset }) => standsAt(bytes, place - offset, marker.text));
      if (fits !== undefined) found.push({ place, at: place - fits.offset, marker: fits.marker });
    }
  found.sort((a, b) => a.place - b.place);
  const hits: Hit[] = [];
  let newlines = 0;
  let counted = 0;
  for (const { place, at, marker } of found) {
    newlines += countNewlines(bytes, counted, place);
    counted = place;
    hits.push({ at, marker, line: newlines });
  }
  return { hits, newlines: newlines + countNewlines(bytes, counted, bytes.length) };
};

/** A loop: most texts end at their first byte, and a native call is dearer than that. */
function standsAt(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
