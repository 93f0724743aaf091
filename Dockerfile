# One image for worker, web and intake; docker-compose.yml says which it is.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
COPY deploy/requirements.lock ./
RUN python -m venv /opt/afterword \
    && /opt/afterword/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . ./source
RUN /opt/afterword/bin/pip install --no-cache-dir --no-deps ./source

FROM ${PYTHON_IMAGE}
RUN useradd --create-home --uid 10001 afterword
COPY --from=build /opt/afterword /opt/afterword
ENV PATH=/opt/afterword/bin:$PATH PYTHONUNBUFFERED=1
USER afterword
WORKDIR /home/afterword
EXPOSE 8600 8624 8625
CMD ["python", "-m", "web"]
