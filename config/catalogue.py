"""The car catalogue: which series there are, and which of them a text names."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

DATA = Path(__file__).parent / "data"
NEAR_TEXT_MAX = 30
NEAR_LEAST = 0.4
"""How alike a name must be to be suggested, from 0 to 1."""

_GAPS = re.compile(
    r"(?<=[a-z0-9+#])[ \t\-·・]{1,3}|[ \t\-·・]{1,3}(?=[a-z0-9#])|(?<=[a-z])\.(?=\d)"
)
_DISPLACEMENT = re.compile(r"\d\.\d")
_CUES = ("提了", "提的", "买了", "买的", "开的", "开了", "我的", "我这", "台", "辆", "款", "全新")
_AFTER_CUE = "的开跑提落油电保续"


@dataclass(frozen=True, slots=True)
class Series:
    """A car as owners call it. `variants` are the series meant when the drive is left out."""

    name: str
    brand: str
    aliases: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


Name = tuple[str, str]
"""A folded name and the series (or brand) it stands for."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Names are compared without case, width and the marks inside "CR-V" or "Model 3".

    Names that are also everyday words (勇士, 汉) and bare codes (X1, A3) count only behind their
    brand, as the whole text or, the words, behind a cue such as 提了.
    """

    series: Mapping[str, Series]
    _plain: Mapping[str, tuple[Name, ...]] = field(repr=False)
    """By the first two characters, longest first; so for brands."""
    _brands: Mapping[str, tuple[Name, ...]] = field(repr=False)
    _branded: Mapping[tuple[str, str], tuple[Name, ...]] = field(repr=False)
    """By brand and first character."""
    _words: Mapping[str, tuple[Name, ...]] = field(repr=False)
    """Everyday words by first character."""
    _whole: Mapping[str, str] = field(repr=False)
    _letters: tuple[tuple[frozenset[str], str, str], ...] = field(repr=False)

    def find(self, text: str) -> tuple[str, ...]:
        """The series a text names, each once, in order of appearance; the longest name wins."""
        return tuple(dict.fromkeys(series for _, _, series in self._named(_Folded(text))))

    def rest(self, text: str) -> str:
        """What a text says beside the cars it names, in small letters."""
        folded = _Folded(text)
        parts, at = [], 0
        for start, end, _ in self._named(folded):
            parts.append(folded.text[at:start])
            at = end
        return " ".join([*parts, folded.text[at:]])

    def brands(self, text: str) -> tuple[str, ...]:
        """The brands a text names, in order of appearance."""
        folded = _Folded(text)
        found: dict[str, None] = {}
        for place in range(len(folded.text)):
            name, brand = _longest(self._brands.get(folded.text[place : place + 2]), folded, place)
            if name:
                found[brand] = None
        return tuple(found)

    def near(self, text: str, n: int = 3) -> tuple[str, ...]:
        """The series whose names look most like the text, best first; perhaps none."""
        asked = _Folded(text[:NEAR_TEXT_MAX]).text.replace(" ", "")
        letters = frozenset(asked)
        best: dict[str, float] = {}
        for held, name, series in self._letters:
            alike = 2 * len(letters & held) / ((len(letters) + len(held)) or 1)
            if alike >= NEAR_LEAST:
                alike += 0.3 * (name[:1] == asked[:1]) + 0.3 * (name in asked or asked in name)
                best[series] = max(alike, best.get(series, 0))
        return tuple(sorted(best, key=lambda series: -best[series])[:n])

    def variants(self, name: str) -> tuple[str, ...]:
        """The series itself and, when its name leaves the drive open, those it may mean."""
        known = self.series.get(name)
        return (name, *known.variants) if known else (name,)

    def brand_of(self, name: str) -> str:
        known = self.series.get(name)
        return known.brand if known else ""

    def _named(self, folded: "_Folded") -> Iterator[tuple[int, int, str]]:
        """Where which series is named."""
        whole = self._whole.get(folded.text.strip())
        if whole is not None:
            yield 0, len(folded.text), whole
            return
        brand, place = "", 0
        while place < len(folded.text):
            name, series = self._at(folded, place, brand)
            if name:
                yield place, place + len(name), series
                brand = ""
            else:
                brands = self._brands.get(folded.text[place : place + 2])
                name, brand = _longest(brands, folded, place)
            place += len(name) or 1

    def _at(self, folded: "_Folded", place: int, brand: str) -> Name:
        text = folded.text
        plain = _longest(self._plain.get(text[place : place + 2]), folded, place)
        if brand:
            behind = _longest(self._branded.get((brand, text[place])), folded, place)
            return max(plain, behind, key=lambda name: len(name[0]))
        if not plain[0] and text[max(0, place - 2) : place].endswith(_CUES):
            word = _longest(self._words.get(text[place]), folded, place)
            after = text[place + len(word[0]) :][:1]
            if word[0] and (not _is_hanzi(after) or after in _AFTER_CUE):
                return word
        return plain


@cache
def load() -> Catalogue:
    """The catalogue that comes with carclub, read once."""
    brands = {row["brand"]: _split(row["aliases"]) for row in _rows("brands.csv")}
    series = [
        Series(row["series"], row["brand"], _split(row["aliases"]), _split(row["variants"]))
        for row in _rows("series.csv")
    ]
    return build(series, brands, {row["word"] for row in _rows("everyday.csv")})


def build(
    series: Iterable[Series], brands: Mapping[str, tuple[str, ...]], everyday: Iterable[str]
) -> Catalogue:
    """Put a catalogue together. Raises ValueError when one name would mean two cars."""
    shy = {fold(word) for word in everyday}
    known = {one.name: one for one in series}
    plain: dict[str, str] = {}
    branded: dict[tuple[str, str], str] = {}
    whole: dict[str, str] = {}
    for one in known.values():
        for name in (one.name, *one.aliases):
            folded = fold(name)
            if whole.setdefault(folded, one.name) != one.name:
                raise ValueError(f"{name} is the name of both {whole[folded]} and {one.name}")
            if _is_bare(folded) or folded in shy:
                branded[one.brand, folded] = one.name
            else:
                plain[folded] = one.name
        for brand in (one.brand, *brands.get(one.brand, ())):
            if fold(one.name).startswith(fold(brand)) and len(fold(one.name)) > len(fold(brand)):
                branded.setdefault((one.brand, fold(one.name)[len(fold(brand)) :]), one.name)
    marks = [(fold(said), brand) for brand in brands for said in (brand, *brands[brand])]
    return Catalogue(
        series=known,
        _plain=_index(plain.items(), 2),
        _brands=_index(marks, 2),
        _branded=_by_brand(branded),
        _words=_index(((w, whole[w]) for w in shy if w in whole and _is_hanzi(w[0])), 1),
        _whole=whole,
        _letters=tuple((frozenset(name), name, whole[name]) for name in whole),
    )


def fold(text: str) -> str:
    """A name without case, width and inner marks."""
    return _Folded(text).text


class _Folded:
    """A text made comparable, with where words of Latin letters and digits may begin."""

    __slots__ = ("_breaks", "text")

    def __init__(self, text: str) -> None:
        even = unicodedata.normalize("NFKC", text).casefold()
        parts = _GAPS.split(even)
        self.text = "".join(parts)
        self._breaks = frozenset(accumulate(map(len, parts)))

    def holds(self, name: str, place: int) -> bool:
        if not self.text.startswith(name, place):
            return False
        end = place + len(name)
        if name[-1] == "系" and self.text[end : end + 1] in ("列", "统"):
            return False  # "5系统" is no 5系
        return self._is_break(place) and self._is_break(end)

    def _is_break(self, place: int) -> bool:
        """Between two Latin letters or digits only a mark that was there divides words."""
        if not 0 < place < len(self.text) or place in self._breaks:
            return True
        before, after = self.text[place - 1], self.text[place]
        if before.isalpha() and _DISPLACEMENT.match(self.text, place):
            return True  # "CRV2.4" is a CR-V
        return not (_is_latin(before) and _is_latin(after))


def _longest(names: tuple[Name, ...] | None, folded: _Folded, place: int) -> Name:
    for name in names or ():
        if folded.holds(name[0], place):
            return name
    return "", ""


def _is_bare(folded: str) -> bool:
    """Too short to be told from other talk: one character, or a code such as X1, A3, T60."""
    return len(folded) == 1 or bool(re.fullmatch(r"[a-z]{0,2}\d{1,3}|\d{3}[a-z]?", folded))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_hanzi(character: str) -> bool:
    return "一" <= character <= "鿿"


def _index(names: Iterable[Name], length: int) -> dict[str, tuple[Name, ...]]:
    index: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        index[name[0][:length]].append(name)
    return {key: _longest_first(held) for key, held in index.items()}


def _by_brand(names: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], tuple[Name, ...]]:
    index: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for (brand, name), series in names.items():
        index[brand, name[0]].append((name, series))
    return {key: _longest_first(held) for key, held in index.items()}


def _longest_first(names: list[Name]) -> tuple[Name, ...]:
    return tuple(sorted(names, key=lambda name: -len(name[0])))


def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
