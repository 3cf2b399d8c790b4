"""The search for good settings: Optuna's trials, in a study that outlives the process.

The study lies in the model's folder (SQLite). A search that was stopped goes on where it was, and
the same command started several times shares the work; whoever ends last trains the model. What a
trial tries depends on the seed, its number and the trials before it. A trial that is worse than
half of the others at the same epoch is given up (Run.judged).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from reelwright.core.errors import ModelError, SettingError, TrainingError
from reelwright.core.extras import library
from reelwright.learn.data.hashing import fingerprint
from reelwright.learn.folder import BEST_SETTINGS, STUDY, STUDY_PLOT
from reelwright.learn.kind import Kind, KindSettings, Run
from reelwright.store.atomic import remove, write_text

if TYPE_CHECKING:
    from optuna import Study, Trial

Space = Mapping[str, Sequence[Any] | tuple[float, float]]
_TRIALS = "trials"
"""Where each trial has a folder of its own while it lasts; its name ends with the process id."""
_STAGE = "search"


def search(
    kind: type[Kind], data: Sequence[Path], settings: KindSettings, run: Run, trials: int
) -> KindSettings | None:
    """Try settings until a study has so many trials; write what was best, and a plot.

    Args:
        kind: what is trained; its `space` says what is tried. What the person set stays as it is.
        data: see `Kind.train`.
        settings: those that are not searched for.
        run: its folder keeps the study.
        trials: how many there shall be in all, those of other processes and of earlier runs
            included.

    Returns:
        The best settings; None where other processes are still at work, the last of which goes on.

    Raises:
        SettingError: there is nothing to search for.
        ModelError: the folder holds a study of something else.
        TrainingError: no trial came to its end.
    """
    space = {name: of for name, of in kind.space.items() if name not in settings.model_fields_set}
    if not space:
        raise SettingError(
            f"there is nothing to search for in a {kind.name}",
            hint="train without --search"
            if not kind.space
            else f"leave out --set of one of these: {', '.join(kind.space)}",
        )
    study = _open_study(kind, run, fingerprint(kind.name, settings, data))
    place = run.folder / _TRIALS
    _sweep(place)
    begun = len(_done(study))
    run.progress.start(_STAGE, trials)
    run.progress.advance(_STAGE, min(begun, trials))
    if begun:
        run.progress.say(f"the search goes on: {begun} of {trials} trials are done")
    while trial := _begin(study, place, trials):
        folder = _folder_of(trial, place)
        try:
            inner = Run(folder, device=run.device, judged=_judging(trial))
            _try(kind, data, settings, inner, study, trial, space)
        finally:
            with _lock(place):
                remove(folder)
        run.progress.advance(_STAGE, 1, _note(study, kind.goal))
    run.progress.finish(_STAGE)
    with _lock(place):
        if _others(place):
            run.progress.say("other processes are still searching; the last trains the model")
            return None
    best = _best_of(study)
    chosen = settings.model_copy(update=_values(best.params, space))
    chosen = type(settings).model_validate(chosen.model_dump())
    write_text(run.folder / BEST_SETTINGS, write_settings(chosen, kind.goal, best.value))
    from reelwright.learn.studying import draw_study

    write_text(run.folder / STUDY_PLOT, draw_study(study, kind.name, kind.goal))
    remove(place)
    run.progress.say(f"best {kind.goal} of the search: {best.value:.4g} ({BEST_SETTINGS})")
    return chosen


def write_settings(settings: KindSettings, goal: str, value: float | None) -> str:
    """Settings that are not the defaults, as YAML that ``--set @file`` reads."""
    default = type(settings)().model_dump(mode="json")
    lines = [f"# {goal} {value:.4g} in the search" if value is not None else ""]
    for name, of in settings.model_dump(mode="json").items():
        if of != default[name]:
            lines.append(f"{name}: {json.dumps(of, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _open_study(kind: type[Kind], run: Run, print_: str) -> Study:
    """The study in the folder, begun if need be."""
    optuna: Any = library("optuna", extra="learn")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    run.folder.mkdir(parents=True, exist_ok=True)
    path = run.folder / STUDY
    try:
        with _lock(run.folder / _TRIALS):
            storage = optuna.storages.RDBStorage(
                f"sqlite:///{path.resolve()}", engine_kwargs={"connect_args": {"timeout": 60}}
            )
            study = optuna.create_study(
                storage=storage,
                study_name="search",
                direction="maximize" if kind.higher else "minimize",
                pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
                load_if_exists=True,
            )
            known = study.user_attrs.get("fingerprint")
            if known is None:
                study.set_user_attr("fingerprint", print_)
                study.set_user_attr("seed", _seed_of(print_))
    except (optuna.exceptions.OptunaError, *_database_errors()) as error:
        raise ModelError(
            f"cannot be read: {str(error).splitlines()[0]}",
            where=str(path),
            hint="remove it to search anew",
        ) from error
    if known not in (None, print_):
        raise ModelError(
            "is the search of other data or settings",
            where=str(path),
            hint="give the same --data and --set to go on, or remove it to search anew",
        )
    return study


def _seed_of(print_: str) -> int:
    return int(print_[:7], 16)


def _database_errors() -> tuple[type[Exception], ...]:
    from sqlalchemy.exc import SQLAlchemyError

    return (SQLAlchemyError,)


def _try(
    kind: type[Kind],
    data: Sequence[Path],
    settings: KindSettings,
    run: Run,
    study: Study,
    trial: Trial,
    space: Space,
) -> None:
    """One trial. One that fails in training (no number any more, memory) is told as failed."""
    import optuna

    state = optuna.trial.TrialState
    # A sampler of its own: what is tried does not depend on which process, or after which stop.
    seed = study.user_attrs["seed"] + trial.number
    study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=8)
    try:
        params = _suggest(trial, space)
        tried = type(settings).model_validate({**settings.model_dump(), **_values(params, space)})
        scores = kind.train(data, tried, run)
        study.tell(trial, scores[kind.goal])
    except optuna.TrialPruned:
        study.tell(trial, state=state.PRUNED)
    except TrainingError as error:
        trial.set_user_attr("failure", str(error))
        study.tell(trial, state=state.FAIL)
    except BaseException:
        study.tell(trial, state=state.FAIL)
        raise


def _suggest(trial: Trial, space: Space) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for name, of in space.items():
        if isinstance(of, list):
            params[name] = trial.suggest_categorical(name, [_plain(choice) for choice in of])
            continue
        low, high = of
        if isinstance(low, int) and isinstance(high, int):
            params[name] = trial.suggest_int(name, low, high, log=True)
        else:
            params[name] = trial.suggest_float(name, low, high, log=True)
    return params


def _values(params: Mapping[str, Any], space: Space) -> dict[str, Any]:
    """The settings that a trial's parameters stand for."""
    values: dict[str, Any] = {}
    for name, value in params.items():
        choices = {_plain(of): of for of in space[name]} if isinstance(space[name], list) else {}
        values[name] = choices.get(value, value)
    return values


def _plain(choice: Any) -> str | int | float | bool | None:
    """A choice as the study can keep it."""
    if choice is None or isinstance(choice, str | int | float | bool):
        return choice
    return json.dumps(choice)


def _judging(trial: Trial) -> Any:
    """What hears of each validation and gives up a trial that is worse than the others."""
    import optuna

    epochs = iter(range(1, 1 << 30))

    def judge(step: int, value: float) -> None:
        # By epoch, not by step: batches differ between trials.
        trial.report(value, next(epochs))
        if trial.should_prune():
            raise optuna.TrialPruned

    return judge


def _done(study: Study) -> list[Any]:
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.is_finished()]


def _best_of(study: Study) -> Any:
    import optuna

    try:
        return study.best_trial
    except ValueError:
        failed = study.get_trials(states=(optuna.trial.TrialState.FAIL,))
        said = next((t.user_attrs["failure"] for t in failed if "failure" in t.user_attrs), "")
        raise TrainingError(
            "no trial of the search came to its end" + (f"; the first: {said}" if said else ""),
            hint="train once without --search to see why",
        ) from None


def _note(study: Study, goal: str) -> str:
    try:
        return f"best {goal} {study.best_value:.4g}"
    except ValueError:
        return ""


def _begin(study: Study, place: Path, trials: int) -> Trial | None:
    """The next trial, with a folder of its own; None where there are enough of them, those that
    other processes are at included."""
    with _lock(place):
        if len(_done(study)) + len(_others(place)) >= trials:
            return None
        trial = study.ask()
        _folder_of(trial, place).mkdir(parents=True)
        return trial


def _folder_of(trial: Trial, place: Path) -> Path:
    return place / f"{trial.number}-{os.getpid()}"


def _lock(place: Path) -> FileLock:
    """Held while a trial is begun or ended."""
    return FileLock(place.parent / f"{STUDY}.lock")


def _others(place: Path) -> list[Path]:
    """The folders of trials that other processes are at."""
    folders = list(place.iterdir()) if place.is_dir() else []
    return [folder for folder in folders if _owner(folder) != os.getpid() and _lives(folder)]


def _sweep(place: Path) -> None:
    """Remove what killed processes left."""
    for folder in list(place.iterdir()) if place.is_dir() else []:
        if not _lives(folder):
            remove(folder)


def _owner(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _lives(folder: Path) -> bool:
    try:
        os.kill(_owner(folder), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
