#!/bin/sh
# Makes the subset fonts of this folder from the fontsource packages (npm) named below.
#   npm install @fontsource/literata @fontsource/commissioner @fontsource/jetbrains-mono @fontsource/noto-sans-math @fontsource/noto-serif
#   pip install fonttools brotli
#   sh subset.sh path/to/node_modules/@fontsource
# Three families and the few signs they lack. Letters are kept up to ÿ, for names in references.
set -eu
from=$1
latin="U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2009,U+2010-2014,U+2018-201D,U+2026,U+202F,U+2032,U+20AC,U+2212"
greek="U+0394,U+039B,U+03A3,U+03A6,U+03A9,U+03B1-03C9"
powers="U+2070,U+2074-208E"
signs="U+2190-2193,U+21BA,U+221A,U+221E,U+2202,U+2207,U+2211,U+2248,U+2260,U+2264-2265,U+25A1,U+25B3,U+25CB,U+25CF,U+2713"

subset() { # source, target, characters
    pyftsubset "$from/$1.woff2" --output-file="$2.woff2" --unicodes="$3" --flavor=woff2 \
        --layout-features=kern,liga,ccmp,locl,tnum,lnum --desubroutinize
}
for style in 400-normal 400-italic 600-normal; do
    subset "literata/files/literata-latin-$style" "serif-$style" "$latin"
    subset "literata/files/literata-greek-$style" "serif-greek-$style" "$greek"
done
for style in 400-normal 600-normal; do
    subset "commissioner/files/commissioner-latin-$style" "sans-$style" "$latin"
    subset "commissioner/files/commissioner-greek-$style" "sans-greek-$style" "$greek"
done
subset jetbrains-mono/files/jetbrains-mono-latin-400-normal mono-400-normal "$latin"
subset jetbrains-mono/files/jetbrains-mono-greek-400-normal mono-greek-400-normal "$greek"
subset noto-sans-math/files/noto-sans-math-latin-400-normal signs-400-normal "$signs"
subset noto-serif/files/noto-serif-math-400-normal powers-400-normal "$powers"
