"""The credit sample as a Python team would serve it: a scikit-learn pipeline over the sample's own data."""

import csv
import os
import sys

import joblib
import numpy
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

FIELDS = ["Seniority", "Home", "Time", "Age", "Marital", "Records", "Job", "Expenses", "Income", "Assets", "Debt",
          "Amount", "Price"]
TEXT = ["Home", "Marital", "Records", "Job"]


def cell(name, value):
    if name in TEXT:
        return value
    return float(value) if value not in ("", "NA") else numpy.nan


def train(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    inputs = numpy.array([[cell(name, row[name]) for name in FIELDS] for row in rows], dtype=object)
    labels = [row["Status"] for row in rows]
    numbers = [i for i, name in enumerate(FIELDS) if name not in TEXT]
    texts = [i for i, name in enumerate(FIELDS) if name in TEXT]
    model = make_pipeline(
        ColumnTransformer([
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
        ]),
        LogisticRegression(max_iter=1000))
    return model.fit(inputs, labels)


def load():
    return joblib.load(os.environ["CREDIT_MODEL"])


def predict(model, rows):
    inputs = numpy.array([[row[name] for name in FIELDS] for row in rows], dtype=object)
    scores = model.predict_proba(inputs)
    return {"label": model.classes_[scores.argmax(axis=1)].tolist(), "probabilities": scores.tolist()}


def predict_image(body):
    return scores_of(numpy.frombuffer(body, dtype="<f4"))


def predict_image_of_json(request):
    return scores_of(numpy.array(request["inputs"][0]["data"], dtype="f4"))


def scores_of(values):
    """The picture model of the comparison: the mean of each channel through one dense layer."""
    image = values.reshape(1, 3, 112, 112)
    weights = (numpy.arange(30) % 7 - 3).astype("f4").reshape(3, 10)
    return {"scores": (image.mean(axis=(2, 3)) @ weights).tolist()}


if __name__ == "__main__":
    joblib.dump(train(sys.argv[1]), sys.argv[2])
