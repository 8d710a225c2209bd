using CsCheck;
using Fairlead.Core.Endpoints;
using Fairlead.Inference.Batching;

namespace Fairlead.Inference.Tests.Batching;

public class BatchPlanTests
{
    private static readonly Gen<BatchSettings> Settings =
        from maxRows in Gen.Int[1, 12]
        from delay in Gen.Int[0, 3]
        from preferred in Gen.Int[1, 12].Array[0, 3]
        select new BatchSettings
        {
            MaxRows = maxRows,
            MaxDelay = TimeSpan.FromMilliseconds(delay),
            PreferredRows = [.. preferred],
        };

    [Fact]
    public void Decide_AnyQueue_IsWhatTheRulesSayOneByOne() =>
        Gen.Select(Settings, Gen.Int[0, 7].Array[1, 15], Gen.Bool, Gen.Int[0, 4]).Sample(
            (settings, rows, shapeBreak, age) =>
            {
                var waited = TimeSpan.FromMilliseconds(age);
                BatchPlan.Decide(settings, rows, shapeBreak, waited)
                    .ShouldBe(Oracle(settings, rows, shapeBreak, waited));
            },
            iter: 20_000);

    /// <summary>Tries every number of items, in the words of the settings' documentation.</summary>
    private static BatchDecision Oracle(BatchSettings settings, int[] rows, bool shapeBreak, TimeSpan waited)
    {
        if (settings.MaxRows == 1)
            return new BatchDecision(1, DispatchReason.Full, TimeSpan.Zero);

        var allowed = Enumerable.Range(1, rows.Length)
            .Where(k => k == 1 || rows.Take(k).Sum() <= settings.MaxRows)
            .ToList();
        var preferred = allowed.Where(k => settings.PreferredRows.Contains(rows.Take(k).Sum())).ToList();
        if (preferred.Count > 0)
            return new BatchDecision(preferred.Max(), DispatchReason.Preferred, TimeSpan.Zero);

        var most = allowed.Max();
        var full = most < rows.Length || rows.Take(most).Sum() >= settings.MaxRows;
        if (full)
            return new BatchDecision(most, DispatchReason.Full, TimeSpan.Zero);
        if (shapeBreak)
            return new BatchDecision(most, DispatchReason.Shape, TimeSpan.Zero);
        return waited >= settings.MaxDelay
            ? new BatchDecision(most, DispatchReason.Delay, TimeSpan.Zero)
            : new BatchDecision(0, DispatchReason.Delay, settings.MaxDelay - waited);
    }
}
