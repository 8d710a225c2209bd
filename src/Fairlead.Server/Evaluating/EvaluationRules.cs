using Fairlead.Client.Api;
using Fairlead.Core.Models;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Serving.Scoring;

namespace Fairlead.Server.Evaluating;

/// <summary>What an evaluation may ask of a version.</summary>
internal static class EvaluationRules
{
    /// <summary>Most rows of an evaluation.</summary>
    public const int MaxRows = 200_000;

    /// <summary>Most rows that are sent at once.</summary>
    public const int MaxRowsAtOnce = 20_000;

    /// <summary>Longest label, and longest value of a segment.</summary>
    public const int MaxText = 500;

    /// <summary>Largest body that brings rows.</summary>
    public const long MaxBytes = 32 << 20;

    private const double MostAlpha = 0.5;

    /// <summary>Reads what is asked of a version.</summary>
    public static EvaluationSpec Read(EvaluationRequest request, Signature signature)
    {
        TextRules.ThrowIfAny([
            TextRules.WhyNot("label", request.Label, MaxText), TextRules.WhyNot("positive", request.Positive, MaxText),
            TextRules.WhyNot("by", request.By, MaxText),
            TextRules.WhyNot("source", request.Source, TextRules.MaxReason),
        ]);
        var task = request.Task switch
        {
            "classification" => AnswerKind.Classification,
            "regression" => AnswerKind.Regression,
            "ranking" => AnswerKind.Ranking,
            var other => throw Fault(
                "task", $"'{other}' is none of classification, regression and ranking."),
        };
        if (!Sha256Digest.TryParse(request.Digest, out var digest))
            throw Fault("digest", "The digest is the SHA-256 of the file with the rows, 64 hexadecimal digits.");
        if (request.Label.Length == 0)
            throw Fault("label", "Name the column that holds what it was.");
        if (!(request.Alpha is > 0 and <= MostAlpha))
            throw Fault("alpha", $"alpha lies above 0 and is at most {MostAlpha}.");
        if (request.Limit is < 1 or > MaxRows)
            throw Fault("limit", $"An evaluation has 1 to {MaxRows} rows.");
        if (task == AnswerKind.Ranking && request.By is null)
            throw Fault("by", "A ranking is judged list by list: 'by' names the column whose values are the lists.");
        if (request.Score is not null && task == AnswerKind.Classification && request.Positive is null)
            throw Fault("positive", "A score is the score of one class; name it.");

        var output = request.Output ?? DefaultOutput(request, signature);
        if (RowScorer.WhyNot(signature, output, request.Score) is { } why)
            throw Fault(request.Output is null ? "output" : "score", $"This version cannot be evaluated: {why}.");
        return new EvaluationSpec
        {
            Label = request.Label,
            Task = task,
            Positive = request.Positive,
            Output = output,
            Score = request.Score,
            By = request.By,
            Alpha = request.Alpha,
            Digest = digest.ToString(),
            Dataset = request.Dataset,
            Source = request.Source,
            Limit = request.Limit,
        };
    }

    /// <summary>Refuses rows that do not belong behind those that are known.</summary>
    public static void ThrowIfUnfit(EvaluationSpec spec, int known, EvaluationRowsRequest request)
    {
        if (request.First != known)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "evaluation_rows_moved",
                $"The evaluation has {known} rows; go on with row {known + 1}.")
            { Field = "first", Present = known });
        }

        var count = request.Rows.Count;
        if (count is 0 or > MaxRowsAtOnce)
            throw Fault("rows", $"Rows are sent 1 to {MaxRowsAtOnce} at once.");
        if (known + count > MaxRows)
        {
            throw Fault("rows", $"An evaluation has at most {MaxRows} rows; evaluate a sample, or set a limit.");
        }

        if (request.Labels.Count != count)
            throw Fault("labels", $"There are {count} rows and {request.Labels.Count} labels.");
        if (spec.By is null != request.Segments is null || request.Segments?.Count is { } given && given != count)
        {
            throw Fault("segments", spec.By is null
                ? "Nothing is asked by segment."
                : $"There are {count} rows and {request.Segments?.Count ?? 0} values of '{spec.By}'.");
        }

        foreach (var text in request.Labels.Concat(request.Segments ?? []))
        {
            if (text is null || text.Length > MaxText || text.Contains('\0'))
                throw Fault("labels", $"Labels and segments have at most {MaxText} characters, none of them U+0000.");
        }
    }

    private static string DefaultOutput(EvaluationRequest request, Signature signature)
    {
        var named = signature.Outputs.FirstOrDefault(each => each.Name == request.Label);
        return named?.Name ?? signature.Outputs.FirstOrDefault()?.Name
            ?? throw Fault("output", "This version has no outputs.");
    }

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_evaluation", message) { Field = field });
}
