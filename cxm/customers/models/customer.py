"""Customers, how they are recognised, joined, and kept out."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Lower, Now

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import Membership, TenantOwned
from cxm.work.models import Batch


class Customer(TenantOwned):
    """A person we serve. Facts stay on the row they were recorded on; a merge moves *root*."""

    class Kind(models.TextChoices):
        """Whether we know who it is."""

        KNOWN = "known", "Known"
        VISITOR = "visitor", "Visitor"

    kind = models.CharField(max_length=7, choices=Kind, default=Kind.KNOWN)
    root = TenantForeignKey("self")
    display_name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True, db_default="")
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=60, blank=True, db_default="")
    attributes = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    batch = TenantForeignKey(Batch, null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    words = models.GeneratedField(
        expression=models.Func(
            models.F("display_name"),
            models.F("email"),
            models.F("phone"),
            function="customers_words",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "root"], name="customers_customer_root"),
            models.Index(
                fields=["tenant", "-last_seen_at", "-id"],
                condition=models.Q(kind="known", erased_at__isnull=True),
                name="customers_customer_seen",
            ),
            models.Index(fields=["tenant", "batch"], name="customers_customer_batch"),
        ]

    def __str__(self) -> str:
        # Nameless: what is written of a row, as in the audit, outlives the person's erasure.
        return f"customer {self.pk}"


class CustomerWord(TenantOwned):
    """A word that names or addresses of customers hold; kept by a trigger, read by search.

    Typing errors are looked up among these, which are far fewer than customers.
    """

    word = models.CharField(max_length=254)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "word"], name="customers_customerword_once")
        ]

    def __str__(self) -> str:
        return self.word


class Identity(TenantOwned):
    """One identifier of a customer in one namespace; its value is text, always.

    One that *is_shared* was seen with several known people (a family's computer): it belongs to
    a visitor of its own and joins nobody.
    """

    class Kind(models.TextChoices):
        """What sort of identifier it is."""

        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        EXTERNAL = "external", "Customer number"
        ANONYMOUS = "anonymous", "Anonymous id"
        DEVICE = "device", "Device"
        SOCIAL = "social", "Social"
        CARD = "card", "Card"

    customer = TenantForeignKey(Customer)
    kind = models.CharField(max_length=9, choices=Kind)
    namespace = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=300)
    is_verified = models.BooleanField(db_default=False)
    is_shared = models.BooleanField(db_default=False)
    source = models.CharField(max_length=60, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "customer"], name="customers_identity_customer"),
            # Finds what begins with the letters typed, whatever the kind.
            models.Index(
                models.F("tenant"),
                OpClass(Lower("value"), "text_pattern_ops"),
                name="customers_identity_value",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "namespace", "value"], name="customers_identity_one_owner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class CustomerMerge(TenantOwned):
    """Two customers that are one person: *absorbed* is shown as *survivor* until it is undone.

    Open merges form a forest: a customer is absorbed at most once at a time. The root of a
    customer is where its open merges lead.
    """

    class Rule(models.TextChoices):
        """Why they are one."""

        ALIAS = "alias", "Alias call"
        IDENTIFY = "identify", "Signed in"
        PERSON = "person", "Joined by a person"
        API = "api", "Joined by the API"

    survivor = TenantForeignKey(Customer)
    absorbed = TenantForeignKey(Customer)
    rule = models.CharField(max_length=8, choices=Rule)
    evidence = models.JSONField(default=dict)
    by = TenantForeignKey(Membership, null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "survivor"], name="customers_merge_survivor"),
            models.Index(fields=["tenant", "absorbed"], name="customers_merge_absorbed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "absorbed"],
                condition=models.Q(undone_at__isnull=True),
                name="customers_merge_absorbed_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(survivor=models.F("absorbed")),
                name="customers_merge_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.survivor_id}"


class MergeProposal(TenantOwned):
    """Two known customers that may be one person; people decide, and the answer is remembered."""

    class State(models.TextChoices):
        """What was decided."""

        OPEN = "open", "To be decided"
        MERGED = "merged", "Merged"
        REFUSED = "refused", "Not the same"

    first = TenantForeignKey(Customer)
    second = TenantForeignKey(Customer)
    reason = models.CharField(max_length=40)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = TenantForeignKey(Membership, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "state", "-at"], name="customers_proposal_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "first", "second"], name="customers_proposal_one_per_pair"
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="customers_proposal_pair_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class Suppression(TenantOwned):
    """A keyed hash of an identifier never to be taken in, or written to, again."""

    class Reason(models.TextChoices):
        """Why."""

        ERASED = "erased", "Erased"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complained"
        DO_NOT_CONTACT = "do_not_contact", "Do not contact"

    kind = models.CharField(max_length=9, choices=Identity.Kind)
    value_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=14, choices=Reason)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "value_hash", "reason"], name="customers_suppression_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class Consent(TenantOwned):
    """That a customer agreed, or took it back; the newest of a purpose and medium holds.

    *medium* is "" for all of them; *proof* is where and how it was said. Never changed.
    """

    class State(models.TextChoices):
        """What was said."""

        GIVEN = "given", "Agreed"
        WITHDRAWN = "withdrawn", "Taken back"

    customer = TenantForeignKey(Customer)
    purpose = models.CharField(max_length=40)
    medium = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=9, choices=State)
    at = models.DateTimeField()
    source = models.CharField(max_length=60)
    proof = models.CharField(max_length=500, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "customer", "purpose", "-at"], name="customers_consent_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.state}"


class IngestKey(TenantOwned):
    """What was taken in already: the same key from the same source has one effect."""

    source = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    object_kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    content_hash = models.CharField(max_length=32)
    batch = TenantForeignKey(Batch, null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "batch"],
                condition=models.Q(batch__isnull=False),
                name="customers_ingestkey_batch",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "key"], name="customers_ingestkey_one_effect"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
