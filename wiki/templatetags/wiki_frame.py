"""Parts of the frame that are the same on every page, rendered once in a process.

The frame is most of the work of answering a reader: links and words that never
change, looked up again for each page.
"""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class OncePerLanguageNode(template.Node):
    def __init__(self, nodelist: NodeList, choices: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self._choices = choices
        # Two threads may both fill an entry; they write the same.
        self._rendered: dict[tuple[str, ...], SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        values = {choice.token: choice.resolve(context) for choice in self._choices}
        # As text: a lazy value as the key would keep its request alive.
        key = (str(get_language()), *map(str, values.values()))
        if key not in self._rendered:
            # With nothing else of the page in reach, nothing else of it can be kept.
            bare = template.Context(values)
            with bare.bind_template(context.template):
                self._rendered[key] = self.nodelist.render(bare)
        return self._rendered[key]


@register.tag
def once_per_language(parser: Parser, token: Token) -> OncePerLanguageNode:
    """`{% once_per_language theme %}…{% endonce_per_language %}`.

    What stands inside sees only the variables that are named, and is rendered once
    for each language and each of their values. Name only what has few values, never
    something a reader can type.
    """
    choices = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endonce_per_language",))
    parser.delete_first_token()
    return OncePerLanguageNode(nodelist, choices)
