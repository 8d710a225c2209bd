"""Flask over scikit-learn, to be served by gunicorn."""

import credit_model
from flask import Flask, jsonify, request

app = Flask(__name__)
model = credit_model.load()


@app.post("/credit")
def credit():
    return jsonify(credit_model.predict(model, request.get_json()["rows"]))


@app.post("/image")
def image():
    return jsonify(credit_model.predict_image(request.get_data()))


@app.post("/image-json")
def image_json():
    return jsonify(credit_model.predict_image_of_json(request.get_json()))
