"""Recordings listened to, once each: where somebody speaks, and what is said."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import MediaError
from reelwright.core.nouns import Asset, Transcript
from reelwright.providers import door
from reelwright.stages.run import Run
from reelwright.store import atomic
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.edit.cut.speech import Hearing

STAGE = "listening"
_HEARING_VERSION = 1
"""Raised whenever `edit.cut.speech.hear` would tell the same sound otherwise."""
_RATE = 16_000


def hear(run: Run, asset: Asset) -> Hearing:
    """Levels and voice activity of a recording that has sound."""
    import numpy as np

    from reelwright.edit.cut.speech import Hearing

    settings = run.settings.vad
    vad = door.load("vad", settings.provider, settings)
    path = Path(asset.path)

    def make(out: Path) -> None:
        from reelwright.edit.cut.speech import hear as listen_to
        from reelwright.media.listening import listen

        heard = listen_to(_told(run, asset, listen(path, rate=_RATE)), vad)
        levels = heard.levels.astype(np.float16)
        with out.open("wb") as file:
            np.savez(file, voice=heard.voice, levels=levels, step=np.float64(heard.step))

    params = {"vad": vad.key()}
    step = Step("hearing", _HEARING_VERSION, make, params, (path,), ".npz", what=path.name)
    with np.load(run.steps.run(step)) as found:
        return Hearing(found["voice"], float(found["step"]), found["levels"].astype(np.float32))


def _told(run: Run, asset: Asset, blocks: Iterator[Any]) -> Iterator[Any]:
    """The same blocks, while those who watch are told how far they are."""
    progress = run.steps.progress
    progress.start(STAGE, round(asset.facts.seconds))
    for block in blocks:
        if run.steps.stopping.is_set():
            raise MediaError("was broken off", where=asset.path)
        yield block
        progress.advance(STAGE, len(block) / _RATE)
    progress.finish(STAGE)


def transcribe(run: Run, asset: Asset) -> Transcript | None:
    """What is said in a recording; None where nobody is set up to write it down.

    Raises:
        ProviderError: somebody is, and it did not do its part.
    """
    settings = run.settings.asr
    if not settings.provider:
        return None
    asr = door.load("asr", settings.provider, settings)
    language = run.settings.language if run.settings.language != "auto" else None
    path = Path(asset.path)

    def make(out: Path) -> None:
        run.say(f"writing down what is said in {path.name}")
        with tempfile.TemporaryDirectory(prefix="reel-asr-") as folder:
            wav = Path(folder) / "speech.wav"
            _write(path, wav)
            told = asr.transcribe(wav, language)
        atomic.write_text(out, told.model_dump_json())

    params = {"asr": asr.key(), "language": language}
    step = Step("transcript", 1, make, params, (path,), ".json", what=path.name)
    return Transcript.model_validate_json(run.steps.run(step).read_bytes())


def _write(path: Path, wav: Path) -> None:
    """The sound of a recording as the engines like it, in memory that does not grow."""
    import wave

    from reelwright.media.ffmpeg import disk_error
    from reelwright.media.listening import listen
    from reelwright.media.sound import to_pcm16

    try:
        with wav.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            for block in listen(path, rate=_RATE):
                file.writeframes(to_pcm16(block))
    except OSError as error:
        raise disk_error(error, wav) from error
