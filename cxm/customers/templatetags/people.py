"""Words for what customers and companies are recognised by."""

from __future__ import annotations

from django import template

from cxm.customers.rules.identity_words import numbering_words

register = template.Library()
register.filter("numbering", numbering_words)
