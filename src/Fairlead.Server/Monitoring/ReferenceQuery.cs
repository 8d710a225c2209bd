using Fairlead.Client.Api;
using Fairlead.Core.Datasets;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Monitoring;

/// <summary>Reads what a look is held against out of a request, and out of a text.</summary>
internal static class ReferenceQuery
{
    private const string DatasetPrefix = "dataset:", RollingPrefix = "rolling:", TrainingWord = "training";

    private static readonly TimeSpan ByDefault = TimeSpan.FromDays(7);

    /// <summary>
    /// Reads <c>dataset:NAME/VERSION</c>, <c>training</c> or <c>rolling:7d</c>; throws <see cref="RefusalException"/>
    /// with code <c>invalid_reference</c>.
    /// </summary>
    public static DriftReference Parse(string text)
    {
        if (text == TrainingWord)
            return new DriftReference.Training();
        if (text.StartsWith(DatasetPrefix, StringComparison.Ordinal))
            return new DriftReference.Dataset(DatasetId.Parse(text[DatasetPrefix.Length..]));
        if (!text.StartsWith(RollingPrefix, StringComparison.Ordinal))
        {
            throw Fault($"'{text}' is no reference; write dataset:NAME/VERSION, training, or rolling: and a duration, "
                + "such as rolling:7d.");
        }

        return DurationText.TryParse(text[RollingPrefix.Length..], out var length)
            && length >= TimeSpan.FromMinutes(1) && length <= WindowLevel.Day.Life
            ? new DriftReference.Rolling(length)
            : throw Fault($"'{text}' is no rolling reference; it is as long as 1m to "
                + $"{DurationText.Format(WindowLevel.Day.Life)}, such as rolling:7d.");
    }

    /// <summary>The reference that a request names; by default the 7 days before the look.</summary>
    /// <param name="context">The request.</param>
    /// <param name="look">What is looked at.</param>
    /// <param name="now">The present.</param>
    public static DriftReference Of(HttpContext context, Stretch look, DateTimeOffset now)
    {
        if (RequestQuery.Text(context, "reference") is { } text)
        {
            return RequestQuery.Text(context, "referenceFrom") is null
                && RequestQuery.Text(context, "referenceTo") is null
                ? Parse(text)
                : throw Fault("A look has one reference: either 'reference', or 'referenceFrom' and 'referenceTo'.");
        }

        var reference = MonitoringApi.StretchOf(
            context, "referenceFrom", "referenceTo", MonitoringApi.Moment(look.From), now, ByDefault);

        // What only the rounding to whole minutes, hours or days made to overlap is taken from the reference.
        if (RequestQuery.Instant(context, "referenceTo") is not { } end || end <= Began(context, look))
            reference = reference with { To = Math.Min(reference.To, look.From) };
        if (reference.To > look.From && reference.From < look.To)
            throw MonitoringApi.Fault("referenceTo", "The reference reaches into what is looked at.");
        if (reference.From >= reference.To)
        {
            throw MonitoringApi.Fault(
                "referenceFrom", "Nothing is left of the reference before what is looked at.");
        }

        return new DriftReference.Past(reference.From, reference.To);
    }

    private static DateTimeOffset Began(HttpContext context, Stretch look) =>
        RequestQuery.Instant(context, "from") ?? MonitoringApi.Moment(look.From);

    private static RefusalException Fault(string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_reference", message) { Field = "reference" });
}
