"""SQL of webhooks: which tenants have something to send."""

DUE = """
CREATE FUNCTION webhooks_due(at timestamptz)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT delivery.tenant_id
    FROM public.integrations_delivery delivery
    JOIN public.integrations_webhook webhook
      ON webhook.tenant_id = delivery.tenant_id AND webhook.id = delivery.webhook_id
    WHERE delivery.state = 'waiting' AND delivery.next_at <= at
      AND (delivery.is_test OR webhook.state = 'active'
           AND (webhook.throttled_until IS NULL OR webhook.throttled_until <= at))
$$;
"""
DUE_AWAY = "DROP FUNCTION webhooks_due(timestamptz);"
