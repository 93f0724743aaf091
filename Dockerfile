# One image for worker, web and intake; docker-compose.yml says which it is.
FROM python:3.12-slim-bookworm AS build
WORKDIR /build
COPY deploy/requirements.lock ./
RUN python -m venv /opt/afterword \
    && /opt/afterword/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . ./source
RUN /opt/afterword/bin/pip install --no-cache-dir --no-deps ./source

FROM python:3.12-slim-bookworm
RUN useradd --create-home --uid 10001 afterword
COPY --from=build /opt/afterword /opt/afterword
ENV PATH=/opt/afterword/bin:$PATH PYTHONUNBUFFERED=1
USER afterword
WORKDIR /home/afterword
EXPOSE 8600 8624 8625
CMD ["python", "-m", "web"]
