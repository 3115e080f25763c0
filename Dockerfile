# The image of web, worker, beat and migrations; the command decides which of them it is.
FROM python:3.13-slim AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WAYFARE_ENV=production \
    STATIC_ROOT=/srv/wayfare/staticfiles \
    MEDIA_ROOT=/srv/wayfare/media
RUN useradd --system --uid 10001 --home-dir /srv/wayfare --shell /usr/sbin/nologin wayfare \
    && install --directory --owner wayfare /srv/wayfare /srv/wayfare/media
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/wayfare/app
COPY manage.py ./
COPY cxm ./cxm
COPY personas ./personas
COPY journeys ./journeys
COPY feedback ./feedback
COPY analytics ./analytics
COPY templates ./templates
COPY static ./static
USER wayfare
# Collecting static files reads the settings, which want addresses but do not use them here.
RUN SECRET_KEY=unused-while-building \
    DATABASE_URL=postgresql://unused@127.0.0.1:1/unused \
    REDIS_URL=redis://127.0.0.1:1/0 \
    python manage.py collectstatic --noinput
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "cxm.wsgi:application"]
