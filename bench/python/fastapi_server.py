"""FastAPI over scikit-learn, to be served by uvicorn."""

from typing import List, Optional

import credit_model
from fastapi import FastAPI, Request
from pydantic import BaseModel

app = FastAPI()
model = credit_model.load()


class Applicant(BaseModel):
    Seniority: Optional[float]
    Home: Optional[str]
    Time: Optional[float]
    Age: Optional[float]
    Marital: Optional[str]
    Records: Optional[str]
    Job: Optional[str]
    Expenses: Optional[float]
    Income: Optional[float]
    Assets: Optional[float]
    Debt: Optional[float]
    Amount: Optional[float]
    Price: Optional[float]


class Applicants(BaseModel):
    rows: List[Applicant]


@app.post("/credit")
def credit(request: Applicants):
    return credit_model.predict(model, [row.dict() for row in request.rows])


@app.post("/image")
async def image(request: Request):
    return credit_model.predict_image(await request.body())


@app.post("/image-json")
async def image_json(request: Request):
    return credit_model.predict_image_of_json(await request.json())
