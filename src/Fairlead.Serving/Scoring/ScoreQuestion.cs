using System.Text.Json;

namespace Fairlead.Serving.Scoring;

/// <summary>Rows that a model is asked about outside of any endpoint.</summary>
/// <param name="Rows">An array of objects, one a row, as the door of rows takes them.</param>
/// <param name="Output">The output whose first element is the answer to a row.</param>
/// <param name="Score">The output with its element that holds the score, such as <c>probabilities[1]</c>; null:
/// none is wanted.</param>
/// <param name="Timed">So many of the first rows are asked one by one, and timed.</param>
/// <param name="OneByOne">All rows are asked one by one: the model answers rows together otherwise than alone.</param>
public sealed record ScoreQuestion(JsonElement Rows, string Output, string? Score, int Timed, bool OneByOne);

/// <summary>What a model said of rows.</summary>
/// <param name="Predicted">The answer to each row, as text.</param>
/// <param name="Scores">The score of each row; empty where none was wanted. NaN where it is no number.</param>
/// <param name="Milliseconds">How long each of the timed rows took.</param>
public sealed record RowScores(
    IReadOnlyList<string> Predicted, IReadOnlyList<double> Scores, IReadOnlyList<double> Milliseconds);
