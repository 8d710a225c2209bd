using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Fairlead.Serving.Facts;

namespace Fairlead.Server.Outcomes;

/// <summary>Says whether an outcome may be as it is written. Pure.</summary>
internal static class OutcomeRules
{
    /// <summary>How far ahead of ours a caller's clock may be.</summary>
    private static readonly TimeSpan FutureAllowed = TimeSpan.FromDays(1);

    /// <summary>Throws with what is wrong.</summary>
    /// <param name="item">The outcome.</param>
    /// <param name="now">The present.</param>
    public static void Check(OutcomeItem item, DateTimeOffset now)
    {
        if (item is null)
            throw Fault("invalid_outcome", "An outcome is an object.");
        if (item.PredictionId is null == (item.Unit is null || item.Endpoint is null))
            throw Fault("invalid_outcome", "Give either 'predictionId', or 'endpoint' and 'unit'.");
        if (item.Name is not { Length: > 0 and <= OutcomeIntake.MaxText } || item.Name.Any(char.IsControl))
        {
            throw Fault("invalid_outcome",
                $"An outcome has a name of 1 to {OutcomeIntake.MaxText} printable characters.");
        }

        if (item.Value is null && item.Label is null)
            throw Fault("invalid_outcome", "An outcome has a 'value' or a 'label'.");
        if (item.Value is { } value && !double.IsFinite(value))
            throw Fault("invalid_outcome", "A value is a finite number.");
        if (item.Row is < 0 or >= AnswerRecords.MostRows)
        {
            throw Fault("invalid_outcome",
                $"A row is 0 to {AnswerRecords.MostRows - 1}: those behind it leave no record.");
        }

        if (item.Label is { } label && (label.Length > OutcomeIntake.MaxText || label.Any(char.IsControl)))
        {
            throw Fault("invalid_outcome", $"A label has at most {OutcomeIntake.MaxText} characters, all of them "
                + "printable.");
        }

        if (item.At is { } at && (at < DateTimeOffset.UnixEpoch || at > now + FutureAllowed))
        {
            throw Fault("invalid_outcome",
                $"'at' {at:u} lies before 1970 or more than a day ahead; say when it happened.");
        }
    }

    private static RefusalException Fault(string code, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message));
}
