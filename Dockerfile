# One image for every process of chiso: `chiso worker`, `chiso serve`, `chiso topics apply`, …
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/chiso && /opt/chiso/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY indicators ./indicators
COPY connectors ./connectors
COPY streams ./streams
RUN /opt/chiso/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/chiso --create-home chiso
COPY --from=build /opt/chiso /opt/chiso
ENV PATH=/opt/chiso/bin:$PATH PYTHONDONTWRITEBYTECODE=1 CHISO_HOME=/var/lib/chiso CHISO_BIND=0.0.0.0
USER chiso
WORKDIR /var/lib/chiso
ENTRYPOINT ["chiso"]
CMD ["--help"]
