"""Patterns of actions that do not say what will be different when they are done."""

from __future__ import annotations

from rules.pattern_table import parse_table

QUESTION = parse_table(
    r"\?\W{0,3}$  ✓ Should we pin the image?  ✗ Ask “why?” in the form",
)

MAYBE = parse_table(
    r"""
    maybe|perhaps|possibly|what if|how about|why not|could (?:we|be)\b|might\b|idea:
        ✓ maybe pin the image  ✗ pin the image
    """,
    r"(?:{})",
)

OPTION = parse_table(
    r"an option|useful|worth|possible|nice|good  ✓ it might be useful  ✗ it might be enough",
    r"\b(?:might|could|may) be (?:{})\b",
)

PLACEHOLDER = parse_table(
    r"""
    tbd|tba|tbc|todo|to do|n/?a|none|fixme|xxx+|see (?:jira|ticket|above|below)|later
        ✓ tbd  ✗ todo: pin the image
    """,
    r"^\W*(?:(?:{})\W*)?$",
)

DISCUSSION_START = parse_table(
    r"""
    (?:we )?(?:should |need to |will )?(?:have|hold|schedule|set ?up|arrange|organi[sz]e|start
    |initiate) (?:a |an |the |another )?(?:\w+ )?(?:discussion|conversation|talk|chat|call
    |meeting|sync|workshop)
        ✓ hold a meeting  ✗ hold the line
    bring up                                  ✓ bring up the pager  ✗ bring the pager
    get (?:consensus|agreement|buy-in|together|aligned)  ✓ get consensus  ✗ get a lock
    come to an agreement                      ✓ come to an agreement  ✗ sign an agreement
    raise (?:it|this|the) \w+ (?:with|at|in)  ✓ raise it again with the vendor  ✗ raise it again
    """,
    r"(?:{})\b",
)

EXPLORATION_START = parse_table(
    r"""
    look(?:ing)? (?:into|at|for)|figur(?:e|ing) out  ✓ look into the router  ✗ look up the router
    find(?:ing)? (?:out|a |an |some |the |better |ways?)  ✓ find out who pages  ✗ find-grep the logs
    think(?:ing)? (?:about|of|through)        ✓ think about caching  ✗ think caching
    see (?:if|whether|how|what)|dig(?:ging)? (?:into|deeper)|work out|deep[- ]dive
        ✓ see if it helps  ✗ see the dashboard
    try (?:to )?(?:find|out|understand)       ✓ try to understand the lag  ✗ try to restart it
    follow(?:ing)?[- ]up (?:on|with)          ✓ follow up with the vendor  ✗ follow the vendor
    (?:perform|do|conduct|make|run|carry out) (?:a |an |some )?(?:deep dive|investigation
    |analysis|research|review|assessment|study|audit|evaluation|spike|poc)
        ✓ do an analysis  ✗ do a rollback
    spike\b|poc\b|root[- ]cause\b|get to the bottom  ✓ get to the bottom of it  ✗ reach the bottom
    continue to (?:attempt|investigate|look|monitor|analy)
        ✓ continue to monitor  ✗ continue to serve traffic
    (?:document|note) and think|questioning|investigation
        ✓ investigation of the lag  ✗ investigator
    (?:further |more )?(?:analysis|research)  ✓ more research  ✗ researcher
    (?:we have )?added? a (?:backlog )?(?:task|ticket|story|item) to (?:look|investigate|curate
    |check)
        ✓ added a ticket to investigate  ✗ added a ticket to rename it
    """,
    r"(?:(?:we )?(?:should |need to |will |to )?(?:probably )?)(?:{})\b",
)

SHARING_START = parse_table(
    r"""
    raise awareness|spread  ✓ raise awareness  ✗ raise the limit
    keep .{1,40} (?:in the loop|informed|posted|up to date)
        ✓ keep the team in the loop  ✗ keep the team
    get in touch|clear(?:er)? communication|better communication|knowledge[- ]sharing
        ✓ get in touch with them  ✗ touch the file
    communicat\w+|let .{1,30} know|talk to|speak to|work with|be (?:more )?transparent
        ✓ talk to the vendor  ✗ talk is cheap
    continue sharing        ✓ continue sharing results  ✗ continue to share
    """,
    r"(?:{})\b",
)

ASSURANCE_START = parse_table(
    r"""
    (?:(?:we )?(?:should |need to |must |will |to )?)(?:make|making|be) sure
        ✓ We should make sure it works  ✗ We should make it work
    \S+ (?:\w+ ){0,4}should always\b
        ✓ Deploys should always be canaried  ✗ Deploys should be canaried
    """,
)

VAGUE_STATE = parse_table(
    r"""
    in place|up[- ]to[- ]date|as much as possible|proper(?:ly)?|correct(?:ly)?
        ✓ backups are in place  ✗ backups in places
    appropriate(?:ly)?|adequate(?:ly)?|sufficient(?:ly)?|enough|working
        ✓ have enough memory  ✗ have 4 GB of memory
    work(?:s)? (?:as|properly|correctly|well)  ✓ it works properly  ✗ it works
    reliabl[ey]|robust|aware|trained|healthy|knows? how|know (?:about|what)|right people
        ✓ everybody is aware  ✗ beware
    (?:can)?not happen again|happen(?:s|ing)? again|does ?n[o']t (?:happen|recur)
        ✓ it does not happen again  ✗ it happens
    never (?:happen|recur)\w*                  ✓ it should never happen  ✗ it never ends
    similar (?:incidents?|outages?|issues?|problems?|events?)  ✓ similar outages  ✗ a similar host
    same (?:mistake|issue|problem)|if needed   ✓ the same mistake  ✗ the same host
    where (?:possible|needed|appropriate)      ✓ where possible  ✗ where it runs
    plan for|high availability|well[- ]\w+     ✓ plan for growth  ✗ plan the growth
    """,
    r"\b(?:{})\b",
)

BEHAVIOUR = parse_table(
    r"""
    \bbe (?:more |extra |very )?(?:careful|cautious|mindful|diligent|vigilant|attentive|aware
    |proactive|patient)\b
        ✓ be more careful  ✗ be careless
    \bpay (?:more |closer )?attention\b        ✓ pay more attention  ✗ pay the invoice
    \btake (?:more |extra )?(?:care|time)\b    ✓ take more care  ✗ take a backup
    \bdouble[- ]check\b|\bculture\b|\bshould be encouraged\b|\bkeep in mind\b
        ✓ double-check the plan  ✗ double the check
    \bmore seriously\b|\bhigher priority\b|\bstrictly adher\w+\b
        ✓ take it more seriously  ✗ a serious fault
    \bcontinue (?:to )?(?:encourag|shar)\w+\b  ✓ continue to encourage testing  ✗ continue to serve
    \bcontinuous training\b                    ✓ continuous training  ✗ continuous integration
    \btrainings?\b (?:for|of) (?:all|every|staff|engineers|employees)\b
        ✓ training for all engineers  ✗ training for the model
    \bvigilant\b|\bas far as possible\b|\bif possible\b  ✓ as far as possible  ✗ as far as the disk
    ^(?:(?:we|engineers|developers|everyone|everybody|people|teams?|operators|staff) (?:should
    |must|need to|needs to) )?(?:always|never|don['’]t|do not|follow|stick to|adhere to|respect
    |observe|avoid making|communicate earlier)\b
        ✓ Always test restores  ✗ Tests always run
    """,
)

WISH = parse_table(
    r"""
    aim(?:s|ing)? (?:at|for|to)|our goal|the goal|goal is|strive|ideal(?:ly)?\b
        ✓ aim to be faster  ✗ claim to be faster
    would be (?:one|nice|good|great|ideal)         ✓ it would be nice  ✗ it would be enough
    want to be able|five nines|boring|easy to  ✓ want to be able to roll back  ✗ want to roll back
    easier to (?:operate|understand|use|maintain)  ✓ easier to operate  ✗ easier to find
    tribal knowledge|become (?:less|more)|allow(?:s)? for a more|world[- ]class
        ✓ become more stable  ✗ become the default
    state of the art|at this moment|move towards?|zero[- ]downtime|never (?:lose|again)
        ✓ state of the art  ✗ state of the pool
    in order to get more  ✓ in order to get more insight  ✗ in order to get an image
    should be (?:easy|boring|simple|fast|reliable|resilient|possible|safe|seamless|painless)
        ✓ it should be easy  ✗ it should be idempotent
    a more (?:resilient|robust|mature|modern|reliable|scalable|stable|secure)
        ✓ a more robust pool  ✗ a robust pool
    """,
    r"\b(?:{})\b",
)

IMPROVEMENT = parse_table(
    r"""
    ^(?:(?:we )?(?:need|should have|want|introduce|develop|set ?up|setup|build|implement|put
    |create|add|have|enforce|use)\s+)?(?:some\s+|a\s+|an\s+)?(?:better|improved|stricter
    |stronger|clearer|faster|smarter|enhanced|proper|good|more [a-z-]{3,})\b
        ✓ Add better tests  ✗ Add tests
    \bmore (?:generic|robust|resilient|reliable|descriptive|visible|efficient|human-readable
    |stable|flexible|mature|modern)\b
        ✓ make it more robust  ✗ make it robust
    """,
)

IMPROVEMENT_START = parse_table(
    r"""
    (?:make|making|keep)\s+(?:\S+\s+){1,6}(?:better|more|easier|faster|safer|simpler|less
    |robust|clearer|resilient|reliable)\b
        ✓ make the deploys safer  ✗ make the deploys
    bring(?:ing)? down|clean(?:ing)? up|speed(?:ing)? up|work on (?:improving|making)
        ✓ bring down the cost  ✗ bring it back
    continu\w+ (?:to )?(?:improv|refin)\w+  ✓ continue to improve tests  ✗ continue to run tests
    (?:the |our )\S+(?: \S+){0,2} (?:needs?|should have|should be) (?:a )?(?:more|better|improv)
        ✓ the pool needs more tests  ✗ the pool needs a limit
    """,
)

VAGUE_OBJECT = parse_table(
    r"""
    monitoring|alerting|alerts|process(?:es)?|practices?|testing|tests?|scenarios|coverage
        ✓ the monitoring  ✗ the monitor
    test coverage|resilience|resiliency|reliability|observability|documentation|docs
        ✓ the documentation  ✗ the documents
    runbooks?|toil|noise|alert noise|latency|risk|time it takes|stability|security
        ✓ the runbooks  ✗ the books
    security posture|performance|quality|complexity|policies|scaling policies|usability
        ✓ the performance  ✗ the performer
    visibility|tooling|skills|usage  ✓ the tooling  ✗ the tool
    """,
    r"^(?:the |our |your |all )?(?:\w+ )?(?:{})\b",
)

PROGRAMME = parse_table(
    r"""
    \b(?:rewrite|rebuild|redesign|rearchitect|overhaul|migrate|automate|audit|refactor|revis\w+
    |replace) (?:\w+ )?(?:all|every|everything|entire|whole|our whole|the whole|the entire)\b
        ✓ rewrite all jobs  ✗ rewrite the job
    \bacross all\b|\bbest practices\b|\btechnical debt\b|\bleast[- ]privilege\b
        ✓ best practices  ✗ a practice
    \b(?:hire|invest in)\b           ✓ hire two engineers  ✗ rehire
    \bsecurity operation\w* cent\w+  ✓ a security operations center  ✗ a security group
    \bmore and more\b|\bchaos engineering\b|\ball deployed\b|\bstandardi[sz]ed\b
        ✓ more and more hosts  ✗ more hosts
    \brules and guidelines\b|\bproperty-based tests over\b|\btargeted fuzzing\b
        ✓ targeted fuzzing  ✗ fuzzing
    """,
)
