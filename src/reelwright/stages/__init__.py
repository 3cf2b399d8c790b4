"""The stages of the story, each as steps: what `reelwright.pipeline` puts in order.

A stage takes nouns and gives nouns. Here it is wrapped into steps, so that what was made once is
found again; what a stage does is in the room it comes from.
"""

from reelwright.stages.clips import lay_out_clips
from reelwright.stages.cut_file import begin_cut, read_order
from reelwright.stages.cutting import lay_out_cut, tell_post
from reelwright.stages.enhancing import Enhanced, clean_enhancements, compare_files, enhance_file
from reelwright.stages.guide import show_safe_area
from reelwright.stages.highlights import draw_scores
from reelwright.stages.output import (
    check_export,
    export_for_editors,
    package,
    render_video,
    warm_up,
)
from reelwright.stages.picking import choose_spans, open_sources, write_down
from reelwright.stages.run import Run, language_of
from reelwright.stages.script import write_script
from reelwright.stages.shots import collect_footage, plan_shots
from reelwright.stages.sound import publish_voice, speak
from reelwright.stages.timeline import lay_out
from reelwright.stages.variants import lay_out_variants

__all__ = [
    "Enhanced",
    "Run",
    "begin_cut",
    "check_export",
    "choose_spans",
    "clean_enhancements",
    "collect_footage",
    "compare_files",
    "draw_scores",
    "enhance_file",
    "export_for_editors",
    "language_of",
    "lay_out",
    "lay_out_clips",
    "lay_out_cut",
    "lay_out_variants",
    "open_sources",
    "package",
    "plan_shots",
    "publish_voice",
    "read_order",
    "render_video",
    "show_safe_area",
    "speak",
    "tell_post",
    "warm_up",
    "write_down",
    "write_script",
]
