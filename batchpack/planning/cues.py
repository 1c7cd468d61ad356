"""The English words by which a text rules something out, as expressions over a line of words.

The line has the words in small letters, each followed by a blank, with `|` where a sentence starts and `,` where a
clause does, each followed by a blank too.
"""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


CONTRACTED = r"(?:don't|dont|doesn't|doesnt|do not|does not|never|needn't|need not|not to|no need to|won't|will not)"
MODAL = (
    r"(?:must|should|may|shall|can|will|do|does|need|needs) (?:not|never)|mustn't|shouldn't|can't|cannot|won't"
    r"|(?:don't|doesn't)"
)
VERBS = (
    r"(?:have to |want to |need to |want you to |bother to |go and |try to |even |really |actually ){0,3}"
    r"(?:touch|change|modify|edit|alter|break|add|write|create|include|use|need|require|want|bother|worry|update"
    r"|rewrite|refactor|deploy|test|redesign|optimi[sz]e|document|build|install|mess|start|introduce|bring|spend|do"
    r"|rename|move|remove|delete|replace|care|fix|implement|run|generate|set up|work)"
)
STATED = r"(?:need|require|want|care|have to)"
"""After a subject only these rule out: "we don't need tests", while "we don't test enough" complains."""

NOUN_CUES = (
    r"no need (?:for|of)|no|neither|without|w o|except for|except|excluding|other than|apart from|aside from|instead of"
    r"|rather than|as opposed to|not(?= (?:the|our|my|any|in|on|for) )|minus"
    r"|(?:everything|anything|all) but|leav(?:e|ing) out|stay (?:away from|out of)|keep (?:out of|away from)"
    r"|hands off(?: of)?|skip(?:ping)?|omit(?:ting)?|avoid(?:ing)?|ignor(?:e|ing)|exclude|forget about"
)
IMPERATIVE_CUES = re.compile(r"skip|omit|avoid|ignore|exclude|minus")
"""Nouns and statements use these words too; they rule out where a clause starts with them."""

LIST_CUES = r"out of scope|not in scope|non goals|not needed|not wanted|excluded?|excluding|skip|without|except"
FORWARD = re.compile(
    rf"(?<= )(?:(?P<list>{LIST_CUES}) [|,] |(?P<verb>{CONTRACTED}) (?={VERBS} )|(?P<noun>{NOUN_CUES}) )"
)
"""What stands behind these is ruled out; behind a list cue with its colon all of the sentence is."""
BACKGROUND = re.compile(
    r"(?<=\| )(?:(?:we|they) (?:currently |already )?(?:use|are using|run)|(?:our|the|tech) (?:tech )?stack (?:is|has)"
    r"|(?:(?:the|our|this) (?:app|application|project|codebase|code|service|site|product|repo|system)|it|it's)"
    r" (?:currently )?(?:uses|is written|is built|written in|built with|runs on)) "
)
"""Sentences that begin so tell what is there."""

NO_TRAPS = re.compile(
    r"(?:longer|matter|problem|problems|one|idea|doubt|issue|worries|time|sense|more|less|only|just|such|reason) "
)
STATES = words(
    "is are was were isn't aren't there's has have had having got shows show returns return gives give throws produces "
    "finds found find says see seeing"
)
"""Before "no" these say how things are ("there are no tests"), which asks for a change if anything."""
STILL = re.compile(r"[^|,]* (?:yet|currently|exists?|so far) ")
NOT_AGAIN = re.compile(r" (?:don't|dont|do not|never|not|without|cannot|can't|shouldn't|should not) $")
"""Before a cue these turn it round: "don't skip the tests"."""
CLAUSE_START = words("| , please but and just also so then or to")
SUBJECTS = words("you we can could should must let's i'd i'll will would")

_DONE = r"(?:needed|required|necessary|wanted|important|relevant|affected|involved|part of|in scope|a priority)"
_SAME = (
    r"(?:as (?:it )?is|as they are|as it stands|untouched|unchanged|alone|unmodified|the same|frozen|intact"
    r"|off limits|out of scope|stable)"
)
_CHANGED = r"(?:changed?|touched|modified|break|broken|affected|altered|edited|needed|be necessary|need changes)"
BACKWARD = re.compile(
    rf"(?<= )(?:(?:(?:is|are|be|was|were|it's) )?(?:not|isn't|aren't|ain't) (?:be )?(?:really |strictly |even )?{_DONE}"
    rf"|(?:(?:is|are|be|should|must|can|has|have|to|stays?|remains?|needs?) ){{0,3}}(?:stays? |remains? |be )?{_SAME}"
    rf"|(?:{MODAL}) (?:be )?{_CHANGED}(?= (?:[|,]|$))"
    r"|(?:(?:is|are|was|were) )?(?:un(?:necessary|needed)|out of the question)"
    r"|(?:(?:is|are|has|have|been) ){0,2}already (?:been )?(?:exists?|done|built|implemented|there|works?|in place"
    r"|finished|deployed|covered|written)"
    r"|(?:(?:will|can) )?(?:come|follow|be done) later|can wait|(?P<alone>\| (?:no|none|later)(?= (?:[|,]|$)))) "
)
"""What stands before these is ruled out: "tests are not needed", "leave the UI as it is"."""

ENDS = words("but then though although however just only instead please otherwise")
"""Words that end what is ruled out."""
ACTIONS = words(
    "add make create implement write fix refactor optimize optimise improve keep leave ensure focus start use"
)
"""Verbs that end it too, where no determiner makes a noun of them: texts come without commas."""
AFTER_AND = ACTIONS | words(
    "build deploy design update run set get put move port migrate rewrite remove delete rename change convert "
    "integrate expose extend do let let's show support review check analyze analyse investigate research document "
    "generate replace upgrade configure install give tell find look want need i we it a an with also please then"
)
"""After "and" these begin something new."""
DETERMINERS = words("the a an to or nor no any our your not more new existing current")
RELATIONS = words(
    "in on for of to at from by with within inside about as that which who because since so when while if until before "
    "after unless where"
)
"""Behind these stands where or why; what stands there is merely mentioned."""
CHANGES = words(
    "touch touching change changes changing modify modifying modification modifications edit edits editing alter "
    "altering break breaking rewriting rewrite refactoring refactor adding using updating update updates work "
    "works involving affecting deploying writing going introducing moving bother bothering mess messing worry care "
    "impact use testing"
)
"""What follows these is ruled out across such words: "no changes to the API"."""
LEADING = words(
    "no not never neither don't dont doesn't doesnt do does need without except excluding other than apart aside "
    "instead rather opposed everything anything all but leave leaving out stay keep away hands off skip skipping "
    "omit avoid ignore to"
)
"""Words of the cues themselves; what is ruled out stands behind them."""
