"""Kokoro: a small neural voice that runs on a CPU, from the person's copy of its weights.

English is read by the library itself. Mandarin is read by `mandarin` and written in the phonemes
Kokoro was trained on: IPA with an arrow for each tone, the syllables of a word joined.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.errors import ProviderRefused, nearest
from reelwright.core.nouns import Origin, Speech
from reelwright.providers.door import library
from reelwright.providers.tts import mandarin
from reelwright.providers.tts.files import fingerprint
from reelwright.providers.tts.local import LocalVoice


def _table(text: str) -> dict[str, str]:
    items = text.split()
    return dict(zip(items[::2], items[1::2], strict=True))


_BEST = {"zh": "zf_xiaoxiao", "en": "af_heart"}
_GET = (
    "download kokoro-v1.0.onnx and voices-v1.0.bin from the releases of thewh1teagle/kokoro-onnx "
    "into one folder, and let voice.model name the first"
)
_STOPS = {
    **dict.fromkeys("，、,", ","),
    **dict.fromkeys("。.", "."),
    **dict.fromkeys("！!", "!"),
    **dict.fromkeys("？?", "?"),
    **dict.fromkeys("；;", ";"),
    **dict.fromkeys("：:", ":"),
}
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
# Hanyu Pinyin in IPA. "0" is where the tone's arrow goes: after the vowel that carries it.
_INITIALS = _table(
    "b p  p pʰ  m m  f f  d t  t tʰ  n n  l l  g k  k kʰ  h x  j ʨ  q ʨʰ  x ɕ "
    "zh ꭧ  ch ꭧʰ  sh ʂ  r ɻ  z ʦ  c ʦʰ  s s"
)
_FINALS = _table(
    "a a0  o wo0  e ɤ0  ai ai0  ei ei0  ao au0  ou ou0  an a0n  en ə0n  ang a0ŋ  eng ə0ŋ "
    "ong ʊ0ŋ  er ɚ0  i i0  ia ja0  ie je0  iao jau0  iu jou0  ian jɛ0n  in i0n  iang ja0ŋ "
    "ing i0ŋ  iong jʊ0ŋ  io jo0  u u0  ua wa0  uo wo0  uai wai0  ui wei0  uan wa0n  un wə0n "
    "uang wa0ŋ  ueng wə0ŋ  v y0  ve ɥe0  van ɥɛ0n  vn y0n  n n0  ng ŋ0"
)
# Syllables without an initial, by how they are spelt.
_BARE = _table(
    "yi i  ya ia  yo io  ye ie  yao iao  you iu  yan ian  yang iang  yin in  ying ing "
    "yong iong  wu u  wa ua  wo uo  wai uai  wei ui  wan uan  wen un  wang uang  weng ueng "
    "yu v  yue ve  yuan van  yun vn"
)
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcs]")


class KokoroVoice(LocalVoice):
    """Kind ``tts``, name ``kokoro``. Voices (``voices*.bin``, ``.npz``) lie beside the model."""

    licence: ClassVar[str] = "Apache-2.0 (the weights)"
    engine: ClassVar[str] = "kokoro"
    module: ClassVar[str] = "kokoro_onnx"
    package: ClassVar[str] = "kokoro-onnx"
    get: ClassVar[str] = _GET

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`."""
        return Origin(
            provider="kokoro",
            model=f"{self.model.stem}, {_name(speech)}",
            licence=self.licence,
            ai_made=True,
        )

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`."""
        return {
            **super().key(speech),
            "voices": fingerprint(self._voices()),
            "voice": _name(speech),
        }

    def load(self) -> Any:
        """See `LocalVoice.load`."""
        voices = self._voices()
        kokoro = library("kokoro_onnx", extra="kokoro")
        engine = kokoro.Kokoro(str(self.model), str(voices))
        # The library would keep the file of the voices open for ever.
        archive = engine.voices
        engine.voices = dict(archive)
        archive.close()
        return engine

    def say(self, engine: Any, speech: Speech) -> tuple[np.ndarray, int]:
        """See `LocalVoice.say`."""
        name = _name(speech)
        if name not in engine.get_voices():
            raise ProviderRefused(
                f'kokoro has no voice "{name}"',
                where="setting voice.name",
                hint=nearest(name, engine.get_voices()),
            )
        phonemes = read(speech.text, engine, "en-gb" if name.startswith("b") else "en-us")
        if not phonemes:
            raise ProviderRefused(f'kokoro has no sound for "{speech.text[:30]}"')
        samples, rate = engine.create(phonemes, voice=name, speed=speech.rate, is_phonemes=True)
        return samples.reshape(-1), rate

    def _voices(self) -> Path:
        folder = self.model.parent
        found = sorted([*folder.glob("voices*.bin"), *folder.glob("voices*.npz")])
        if not found:
            raise ProviderRefused(
                "the file of kokoro's voices is missing", where=str(folder), hint=_GET
            )
        return found[0]


def _name(speech: Speech) -> str:
    return speech.voice or _BEST[speech.language]


def read(text: str, engine: Any, accent: str) -> str:
    """A line, Chinese, English or both, in Kokoro's phonemes."""
    import rjieba

    said: list[str] = []
    for part in re.findall(r"[\u3400-\u9fff〇]+|[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’ \-]*|.", text, re.DOTALL):
        if mandarin.is_hanzi(part[0]):
            words = rjieba.cut(part)
            readings = iter(mandarin.syllables(part, words))
            said.append(" ".join("".join(ipa(next(readings)) for _ in word) for word in words))
        elif part[0].isalpha():
            said.append(engine.tokenizer.phonemize(part.strip().replace("’", "'"), accent))
        elif part in _STOPS and said:
            said[-1] += _STOPS[part]
    return " ".join(one for one in said if one)


def ipa(syllable: str) -> str:
    """A syllable of pinyin (``zhong1``) as Kokoro writes it (``ꭧʊ→ŋ``); "" for none."""
    syllable = mandarin.ordinary(syllable)
    base, tone = syllable[:-1], syllable[-1:]
    if base in _BARE:
        initial, final = "", _BARE[base]
    else:
        match = _INITIAL.match(base)
        initial = match[0] if match and match[0] != base else ""
        final = base[len(initial) :]
        if initial in ("j", "q", "x") and final.startswith("u"):
            final = "v" + final[1:]
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        sound = "ɨ0"
    elif final == "ue":
        sound = _FINALS["ve"]
    else:
        sound = _FINALS.get(final, "")
    if initial in ("b", "p", "m", "f") and final == "o":
        sound = "wo0"
    return _INITIALS.get(initial, "") + sound.replace("0", _TONES.get(tone, ""))
