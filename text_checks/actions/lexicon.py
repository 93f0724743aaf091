"""The words that the action checks use: verbs by class, and nouns by kind.

Each list is plain English usage in incident reviews; a verb is listed in its base form.
"""

from __future__ import annotations

from types import MappingProxyType

from rules.pattern_table import parse_table

EXPLORING_VERBS = """
    investigate explore consider review evaluate assess research examine analyse analyze study
    reflect revisit think ponder understand identify determine question inspect diagnose debug
    scope brainstorm reconsider rethink survey weigh observe clarify discover check
    propose suggest curate experiment
    """.split()
IMPROVING_VERBS = """
    improve enhance strengthen harden optimise optimize streamline refine simplify boost tighten
    modernise modernize revamp rework speed better minimise minimize mature evolve polish
    stabilise stabilize smoothen smooth maximise maximize upskill reinforce strive
    """.split()
ADJUSTING_VERBS = """
    update upgrade fix change adjust extend expand refactor clean tune revise correct address
    increase reduce decrease raise lower cut shorten lengthen resolve solve repair rebuild
    restructure reorganise reorganize
    """.split()
BEHAVING_VERBS = """
    remember encourage emphasize emphasise remind foster promote strive train pay educate
    prioritise prioritize respect stress insist cultivate care mind heed
    """.split()
DISCUSSING_VERBS = """
    discuss agree align talk sync debate negotiate chat meet speak consult decide
    """.split()
SHARING_VERBS = """
    teach share communicate reach liaise coordinate collaborate inform spread socialise socialize
    evangelise evangelize advocate educate ask engage follow work
    """.split()
ENSURING_VERBS = """
    ensure guarantee assure prevent avoid eliminate safeguard
    """.split()
PROGRAMME_VERBS = """
    rewrite migrate overhaul modernise modernize transition rearchitect redesign rebuild
    transform invest hire
    """.split()
WATCHING_VERBS = """
    monitor alert alarm page warn watch track observe notify measure detect
    """.split()
WRITING_VERBS = """
    document write describe draft record
    """.split()
PLANNING_VERBS = """
    define establish formalise formalize plan standardise standardize develop design strategise
    """.split()
CHANGING_VERBS = """
    add remove delete drop set pin revert roll replace move rotate require block enable disable
    run split store retry give switch show have let cache label ship validate stop introduce
    rename automate use deprecate put turn make order serve grant configure backport ban limit
    create build implement write test export extend include hold verify allow install deploy
    separate enforce lock log collect modify purge commit recommend routine version provide
    rebase patch release merge convert encrypt expose terminate scale bump downgrade decommission
    retire archive restore back backup schedule assign apply attach mount mark mask map link
    route redirect reject refuse return throttle cap trim truncate generate emit print render
    instrument register subscribe trigger bring swap shift start keep leave isolate isolate
    partition shard index copy clone mirror sign seed sync benchmark compare reserve allocate
    provision tag raise wrap guard gate swap open close consolidate merge unify shrink grow
    import load sample scan prune expire renew refresh reload restart reboot warm drain evict
    eject fail bind bound check connect cover define detect display parse pass override pause
    resume kill flag filter hide increase lower present publish post tell send email notify
    announce page alert monitor document record mandate mix adopt migrate setup set-up auto
    auto-generate centralise centralize simulate rehearse practise practice invert inject
    duplicate mandate forbid permit prohibit restrict whitelist allowlist denylist quarantine
    """.split()

VERB_CLASSES: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "exploring": frozenset(EXPLORING_VERBS),
        "discussing": frozenset(DISCUSSING_VERBS),
        "behaving": frozenset(BEHAVING_VERBS),
        "ensuring": frozenset(ENSURING_VERBS),
        "improving": frozenset(IMPROVING_VERBS),
        "adjusting": frozenset(ADJUSTING_VERBS),
        "sharing": frozenset(SHARING_VERBS),
        "writing": frozenset(WRITING_VERBS),
        "watching": frozenset(WATCHING_VERBS),
        "planning": frozenset(PLANNING_VERBS),
        "programme": frozenset(PROGRAMME_VERBS),
        "changing": frozenset(CHANGING_VERBS),
    }
)
"""The verbs of each class; the first class that holds a verb decides."""

STOP_WORDS = frozenset(
    """
    a an the this that these those our my your their its his her some any all every each both
    of to in on at for from with by and or nor but as into onto over under about across per via
    up down out off than then also again still just already it we they you i he she there is
    are was were be been being will would should could can may might must do does did has have
    had not no more most much many few other another such same own new current existing general
    overall various different several additional further certain thing things stuff something
    everything anything way ways kind sort type lot bit e.g i.e etc etc. ie eg able sure
    possible if when so because since until while during before after between within without
    better good proper appropriate relevant necessary needed future issue issues problem
    problems
    """.split()
)
"""Words that name nothing."""

MONITORING_NOUNS = parse_table(
    r"""
    monitor(?:ing|s)?|alert(?:ing|s)?|alarm(?:s|ing)?|metrics?|dashboards?|observability
        ✓ alerting  ✗ alerted
    logging|telemetry|visibility|instrumentation|tracing  ✓ logging  ✗ login
    """,
    is_fragment=True,
)

DOCUMENT_NOUNS = parse_table(
    r"""
    runbooks?|playbooks?|documentation|docs?|document|wiki|articles?|checklists?|guides?
        ✓ a runbook  ✗ a runner
    readme|manual|handbook|pages?|notes?|tutorials?|faq|cheat ?sheets?|diagrams?
        ✓ a checklist and a readme  ✗ readmission
    instructions|adr|threat model|post-?mortem|report|template|section|decision|how-?tos?
        ✓ a template  ✗ template_id
    """,
    is_fragment=True,
)

PLAN_NOUNS = parse_table(
    r"""
    plans?|process(?:es)?|strateg(?:y|ies)|polic(?:y|ies)|guidelines?|frameworks?|standards?
        ✓ a process  ✗ processing
    roadmaps?|procedures?|practices?|working group|learning path|governance|vision|levels
        ✓ a roadmap  ✗ a road
    principles|task ?force|initiative|program(?:me)?|rules and guidelines
        ✓ an initiative  ✗ initial
    """,
    is_fragment=True,
)

NOUNS = {
    "MONITORING_NOUNS": MONITORING_NOUNS,
    "DOCUMENT_NOUNS": DOCUMENT_NOUNS,
    "PLAN_NOUNS": PLAN_NOUNS,
}
