# syntax=docker/dockerfile:1
# Two stages: the first has PyTorch and prepares the encoder; the second serves and has neither PyTorch nor a compiler.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY constraints.txt pyproject.toml ./
RUN pip install -c constraints.txt --extra-index-url https://download.pytorch.org/whl/cpu "torch==2.13.0+cpu"
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
COPY indexer indexer
RUN pip install -c constraints.txt ".[encoder]"
RUN POCKET_CACHE_DIR=/opt/cache python -c "from pathlib import Path; from indexer.model import prepare_encoder; prepare_encoder(None, Path('/opt/cache/encoders'))"

FROM python:3.11-slim-bookworm AS serve
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    POCKET_DATA_DIR=/data POCKET_CACHE_DIR=/opt/cache
# The rich menu's picture is drawn with this font.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY constraints.txt pyproject.toml ./
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
COPY indexer indexer
RUN pip install -c constraints.txt . && rm -rf /src
COPY --from=build /opt/cache /opt/cache
RUN useradd --system --uid 10001 --home-dir /data pocket && mkdir /data && chown pocket /data
WORKDIR /data
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["pocket"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
