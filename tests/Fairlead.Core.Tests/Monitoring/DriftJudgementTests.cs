using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Core.Tests.Monitoring;

public sealed class DriftJudgementTests
{
    private static readonly DriftPolicy Policy = new();

    [Fact]
    public void TooFewRows_AreInsufficientData_HoweverLargeTheDifference()
    {
        var report = Judge(Numbers(1, 1000), Numbers(2, 99, shift: 50));
        report.State.ShouldBe(DriftState.InsufficientData);
        report.Findings.ShouldAllBe(finding => finding.State == DriftState.InsufficientData);
        report.Findings.ShouldAllBe(finding => finding.Sentence.Contains(
            "99 values against 1000, at least 100 are needed"));
        Judge([], []).State.ShouldBe(DriftState.InsufficientData);
        DriftJudgement.Judge([], Policy).State.ShouldBe(DriftState.InsufficientData);
    }

    [Fact]
    public void OneColumnWithoutData_KeepsTheLookFromBeingOk()
    {
        var report = DriftJudgement.Judge(
            [
                Pair("a", Numbers(1, 500), Numbers(2, 500)),
                Pair("b", Numbers(1, 500), [.. Enumerable.Repeat(double.NaN, 500)]),
            ],
            Policy with { MissingThreshold = 2 });
        report.State.ShouldBe(DriftState.InsufficientData);
        report.Findings.Single(finding => finding is { Column: "b", Aspect: DriftAspect.Distribution })
            .State.ShouldBe(DriftState.InsufficientData);
    }

    [Fact]
    public void AnAlarm_NeedsSizeAndSignificance()
    {
        // Large by chance in a small window, and real but too small to matter in a large one.
        var chance = Judge(Numbers(1, 2000), Numbers(4, 100, shift: 0.15));
        chance.State.ShouldBe(DriftState.Ok);
        chance.Findings[0].Effect.ShouldBeGreaterThan(chance.Findings[0].Threshold);
        chance.Findings[0].Sentence.ShouldContain("may be chance");

        var small = Judge(Numbers(1, 60_000), Numbers(2, 60_000, shift: 0.05));
        small.State.ShouldBe(DriftState.Ok);
        small.Findings[0].AdjustedP.ShouldBeLessThan(1e-6);
        small.Findings[0].Sentence.ShouldContain("too small to matter");

        var drift = Judge(Numbers(1, 2000), Numbers(2, 2000, shift: 0.25));
        drift.State.ShouldBe(DriftState.Drift);
        drift.Findings[0].Sentence.ShouldStartWith("x: drift; Wasserstein distance in standard deviations 0.2");
    }

    [Theory]
    [InlineData(0.0, 2.0)]
    [InlineData(0.0, 0.4)]
    public void AChangeOfSpread_IsFoundThoughTheMeanStays(double shift, double spread) =>
        Judge(Numbers(1, 3000), Numbers(2, 3000, shift, spread)).State.ShouldBe(DriftState.Drift);

    [Fact]
    public void MissingValuesAndNewCategories_AreFound()
    {
        var some = Numbers(2, 2000);
        for (var i = 0; i < some.Length; i += 20)
            some[i] = double.NaN;
        var missing = Judge(Numbers(1, 2000), some);
        missing.State.ShouldBe(DriftState.Drift);
        missing.Findings[0].Aspect.ShouldBe(DriftAspect.Missing);
        missing.Findings[0].Effect.ShouldBe(0.05, 1e-12);

        string?[] before = [.. Enumerable.Range(0, 3000).Select(i => "abc"[i % 3].ToString())];
        string?[] after = [.. Enumerable.Range(0, 1000).Select(i => i % 50 == 0 ? "new" : "abc"[i % 3].ToString())];
        var novel = DriftJudgement.Judge(
            [new ColumnPair("c", ColumnEvidence.OfCategories(before), ColumnEvidence.OfCategories(after))], Policy);
        novel.State.ShouldBe(DriftState.Drift);
        novel.Findings[0].Aspect.ShouldBe(DriftAspect.NewCategories);
        novel.Findings[0].Sentence.ShouldContain("(new)");
    }

    [Fact]
    public void TheChoiceOfTest_IsExplainedAndCanBeSet()
    {
        double[] coded = [.. Enumerable.Range(0, 400).Select(i => (double)(i % 4))];
        Choice(coded, null).ShouldBe(
            new(DriftMethod.GTest, "4 distinct values in the reference, counted like categories; the G test keeps to "
                + "its law where p-values are small, Pearson's χ² does not"));
        Choice(Numbers(1, 400), null).Method.ShouldBe(DriftMethod.ShapeAndMean);
        Choice(Numbers(1, 400), DriftMethod.JensenShannon).ShouldBe(
            new(DriftMethod.JensenShannon, "set for this column"));
        MethodChoice.Of(ColumnEvidence.OfCategories(["a", "b", "a"]), null).Method.ShouldBe(DriftMethod.FisherExact);
        MethodChoice.Of(ColumnEvidence.OfCategories(["a", "b", "a"]), DriftMethod.WelchT)
            .Why.ShouldContain("needs numbers");
        MethodChoice.Of(ColumnEvidence.OfTexts(["some", "words"]), null).Why.ShouldContain("length");

        static MethodChoice Choice(double[] reference, DriftMethod? wanted) =>
            MethodChoice.Of(ColumnEvidence.OfNumbers(reference), wanted);
    }

    [Fact]
    public void Texts_AreComparedByTheirLength_FromSketchesAsWell()
    {
        var (before, after) = (Texts(40, 60), Texts(80, 100));
        (ColumnEvidence.KindOf(before), before.Numbers!.Count).ShouldBe((ColumnKind.Text, 2000));

        var finding = DriftJudgement.Judge(
            [new("note", ColumnEvidence.Of(before, ColumnKind.Text), ColumnEvidence.Of(after, ColumnKind.Text))],
            Policy).Findings.Single(each => each.Aspect == DriftAspect.Distribution);

        finding.State.ShouldBe(DriftState.Drift);
        finding.Sentence.ShouldContain("of the length");
        finding.Why.ShouldBe("a text is compared by its length in characters");
        DriftJudgement.Judge(
            [
                new("note", ColumnEvidence.Of(before, ColumnKind.Text),
                    ColumnEvidence.Of(Texts(40, 60), ColumnKind.Text)),
            ],
            Policy).State.ShouldBe(DriftState.Ok);

        static ColumnSketch Texts(int least, int most)
        {
            var sketch = new ColumnSketch();
            for (var i = 0; i < 2000; i++)
                sketch.AddText($"{i:0000}".PadRight(least + i % (most - least)));
            return sketch;
        }
    }

    public static TheoryData<DriftMethod> EveryMethod => [.. Enum.GetValues<DriftMethod>()];

    [Theory]
    [MemberData(nameof(EveryMethod))]
    public void EveryMethod_FindsALargeShift_AndIsQuietOrSaysNothingOtherwise(DriftMethod method)
    {
        var policy = Policy with { Methods = new Dictionary<string, DriftMethod> { ["x"] = method } };
        var reference = method == DriftMethod.FisherExact ? Coins(1, 0.3) : Numbers(1, 1500);
        var moved = method == DriftMethod.FisherExact ? Coins(2, 0.5) : Numbers(2, 1500, shift: 0.7);
        var same = method == DriftMethod.FisherExact ? Coins(3, 0.3) : Numbers(3, 1500);
        Judge(reference, moved, policy).State.ShouldBe(DriftState.Drift);
        Judge(reference, same, policy).State.ShouldBe(DriftState.Ok);

        // One value everywhere is no drift, and no NaN.
        double[] constant = [.. Enumerable.Repeat(3.0, 500)];
        var still = Judge(constant, constant, policy);
        still.State.ShouldBe(DriftState.Ok);
        still.Findings.ShouldAllBe(finding => finding.P == 1 && finding.Effect == 0);
        Judge([3, .. constant], [.. constant.Select(_ => 4.0)], Policy).State.ShouldBe(DriftState.Drift);
    }

    [Fact]
    public void SketchesAndRows_AgreeWithinTheStatedError()
    {
        foreach (var method in Enum.GetValues<DriftMethod>().Where(each => !each.NeedsRows()))
        {
            var policy = Policy with { Methods = new Dictionary<string, DriftMethod> { ["x"] = method } };
            foreach (var shift in (double[])[0, 0.3])
            {
                var (x, y) = (Numbers(7, 8_000), Numbers(8, 8_000, shift));
                var exact = Judge(x, y, policy).Findings.Single(f => f.Aspect == DriftAspect.Distribution);
                var sketch = DriftJudgement.Judge([new("x", Sketch(x, 1), Sketch(y, 2))], policy)
                    .Findings.Single(f => f.Aspect == DriftAspect.Distribution);
                exact.Error.ShouldBe(0);

                // What is sure of the sketch is no more than the truth, and the truth no further than as much again.
                (sketch.Effect - sketch.Error).ShouldBeLessThanOrEqualTo(exact.Effect + 1e-9, method.ToString());
                exact.Effect.ShouldBeLessThanOrEqualTo(sketch.Effect + Room(method, sketch), method.ToString());
                sketch.P.ShouldBeGreaterThanOrEqualTo(exact.P * (1 - 1e-9), method.ToString());
            }
        }

        // Both sketches err by at most so much in a share, and these measures by no more than their slope allows.
        static double Room(DriftMethod method, DriftFinding sketch)
        {
            var error = 2 * QuantileSketch.UniformErrorOf(QuantileSketch.DefaultK);
            return method is DriftMethod.PopulationStability or DriftMethod.KullbackLeibler
                ? sketch.Error + 10 * error * error / 0.1
                : Math.Max(sketch.Error, 3 * error);
        }
    }

    [Fact]
    public void MergedWindowsOfStableTraffic_GiveNoAlarm_AndAShiftStillDoes()
    {
        var reference = Sketch(Numbers(1, 30_000), 1);
        ColumnEvidence Window(double shift)
        {
            var merged = new ColumnSketch(99);
            for (ulong minute = 0; minute < 60; minute++)
            {
                var sketch = new ColumnSketch(minute);
                foreach (var value in Numbers(100 + minute, 100, shift))
                    sketch.Add(value);
                merged.Merge(sketch);
            }

            return ColumnEvidence.Of(merged, ColumnKind.Number);
        }

        DriftJudgement.Judge([new("x", reference, Window(0))], Policy).State.ShouldBe(DriftState.Ok);
        DriftJudgement.Judge([new("x", reference, Window(0.15))], Policy).State.ShouldBe(DriftState.Drift);
    }

    [Fact]
    public void CorrectionsOverColumns_CountEveryComparison()
    {
        ColumnPair[] columns = [.. Enumerable.Range(0, 30).Select(i =>
            Pair($"x{i}", Numbers((ulong)i + 1, 800), Numbers((ulong)i + 500, 800, i == 0 ? 0.17 : 0)))];
        var (holm, none) = (
            DriftJudgement.Judge(columns, Policy with { Correction = Correction.Holm }),
            DriftJudgement.Judge(columns[..1], Policy));
        var (corrected, alone) = (Of(holm), Of(none));
        alone.P.ShouldBe(corrected.P);

        // Thirty comparisons share what distributions have of alpha; missing values have the rest.
        corrected.AdjustedP.ShouldBe(Math.Min(1, 30 * 0.75 / 0.7 * corrected.P), 1e-12);
        holm.Findings.Count.ShouldBe(60);
        DriftPolicy.AlphaFor(1, TimeSpan.FromMinutes(5)).ShouldBe(1 / 8640.0, 1e-12);

        static DriftFinding Of(DriftReport report) =>
            report.Findings.Single(f => f is { Column: "x0", Aspect: DriftAspect.Distribution });
    }

    [Fact]
    public void TestsThatNeedRows_SayNothingOfSketches()
    {
        var policy = Policy with
        {
            Methods = new Dictionary<string, DriftMethod> { ["x"] = DriftMethod.AndersonDarling },
        };
        var report = DriftJudgement.Judge(
            [new("x", Sketch(Numbers(1, 5000), 1), Sketch(Numbers(2, 5000), 2))], policy);
        report.State.ShouldBe(DriftState.InsufficientData);
        report.Findings.ShouldContain(finding => finding.Sentence.Contains("needs the rows themselves"));
    }

    [Fact]
    public void Windows_AreFourToADoubling_AndSpendTheFalseAlarmsOfAMonth()
    {
        var windows = DriftWindow.Ladder(TimeSpan.FromMinutes(5), 20);
        windows.Select(window => window.Length.TotalMinutes / 5).ShouldBe(
            [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64]);
        windows.Select(window => window.Every.TotalMinutes / 5).ShouldBe(
            [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8]);

        // An alarm of a distribution counts once in all windows and looks; the others are counted at each.
        var (distribution, missing, novelty) = (0.0, 0.0, 0.0);
        for (var i = 0; i < windows.Count; i++)
        {
            var (policy, window) = (DriftPolicy.Of(1, windows, i), windows[i]);
            var looks = TimeSpan.FromDays(30) / window.Every;
            policy.Alpha.ShouldBe(
                policy.Shares.Distribution + policy.Shares.Missing + policy.Shares.NewCategories, 1e-15);
            distribution += looks * policy.Shares.Distribution * window.Fresh;
            missing += looks * policy.Shares.Missing;
            novelty += looks * policy.Shares.NewCategories;
        }

        distribution.ShouldBe(0.7, 1e-12);
        missing.ShouldBe(0.05, 1e-12);
        novelty.ShouldBe(0.25, 1e-12);
    }

    /// <summary>
    /// Blocks of chance, given that a window is in alarm: how often no shorter one is, and none was at the look before.
    /// </summary>
    [Fact]
    public void Fresh_IsHowOftenAnAlarmBegins_AndNeverTooLittle()
    {
        const int runs = 2000;
        const double bar = 5.2;
        var random = new SplitMix64(11);
        var windows = DriftWindow.Ladder(TimeSpan.FromMinutes(1), 20);
        (int Length, int Every)[] sizes =
            [.. windows.Select(window => ((int)window.Length.TotalMinutes, (int)window.Every.TotalMinutes))];
        for (var i = 0; i < windows.Count; i++)
        {
            var fresh = Enumerable.Range(0, runs)
                .Count(run => Begins(sizes[..(i + 1)], 128 + run % 8 * sizes[i].Every));
            ((double)fresh / runs).ShouldBeInRange(windows[i].Fresh * 0.85, windows[i].Fresh + 0.015);
        }

        bool Begins((int Length, int Every)[] ladder, int now)
        {
            var (length, every) = ladder[^1];
            var sums = new double[now + 1];
            for (var at = now - length - 2 * every; at < now; at++)
                sums[at + 1] = sums[at] + Normal.Quantile(random.NextDouble());
            var beyond = Normal.Quantile(1 - Normal.Cdf(-bar) * random.NextDouble());
            var more = (beyond * Math.Sqrt(length) - (sums[now] - sums[now - length])) / length;
            for (var at = 1; at <= length; at++)
                sums[now - length + at] += more * at;
            return !ladder[..^1].Any(each => Alarm(each, now)) && !ladder.Any(each => Alarm(each, now - 1));

            bool Alarm((int Length, int Every) window, int at)
            {
                var (length, last) = (window.Length, at / window.Every * window.Every);
                return Math.Abs(sums[last] - sums[last - length]) > bar * Math.Sqrt(length);
            }
        }
    }

    /// <summary>What a window cannot use goes to the others, and all together spend no more than before.</summary>
    [Theory]
    [InlineData(0.1, 28, 1)]
    [InlineData(10, 22, 1.01)]
    [InlineData(100, 9, 1.15)]
    [InlineData(1000, 1, 1.4)]
    public void FalseAlarms_AreDividedByWhatWindowsCanUse(double rowsAMinute, int used, double more)
    {
        var windows = DriftWindow.Ladder(TimeSpan.FromMinutes(5), 28);
        var sizes = new DriftSizes(rowsAMinute, 20_000, 30);
        double Spent(IReadOnlyList<double> levels) => levels.Zip(windows, (level, window) =>
            level * window.Fresh * (TimeSpan.FromDays(30) / window.Every)).Sum();

        var levels = sizes.Levels(windows, 0.7);

        // Without a size that matters every window can use all that it gets.
        var equal = (sizes with { Threshold = 0 }).Levels(windows, 0.7);
        equal.ShouldAllBe(level => Math.Abs(level - equal[0]) < 1e-15);
        Spent(equal).ShouldBe(0.7, 1e-12);
        Spent(levels).ShouldBeLessThanOrEqualTo(0.7 + 1e-12);
        levels.Count(level => level > equal[0] / 2).ShouldBe(used);
        (levels.Max() / equal[0]).ShouldBeGreaterThanOrEqualTo(more);
        DriftPolicy.Of(1, windows, 5, sizes).Shares.Distribution.ShouldBe(levels[5], 1e-15);

        // A longer window has no lower bar, as what is said of alarms that begin demands.
        levels.Zip(levels.Skip(1)).ShouldAllBe(pair => pair.First >= pair.Second * (1 - 1e-9));
    }

    [Fact]
    public void AFewValuesOfANewName_AreEnoughInAWindowThatIsTooSmallForTheRest()
    {
        string?[] before = [.. Enumerable.Range(0, 20_000).Select(i => "abc"[i % 3].ToString())];
        string?[] now = ["new", "new", "new", .. before.Take(47)];
        DriftReport Look(string?[] current) => DriftJudgement.Judge(
            [new("c", ColumnEvidence.OfCategories(before), ColumnEvidence.OfCategories(current))], Policy);
        var found = Look(now);
        found.State.ShouldBe(DriftState.Drift);
        found.Findings[0].Aspect.ShouldBe(DriftAspect.NewCategories);
        found.Findings.Skip(1).ShouldAllBe(finding => finding.State == DriftState.InsufficientData);
        Look([.. before.Take(50)]).State.ShouldBe(DriftState.InsufficientData);
        Look([.. now.Take(20)]).State.ShouldBe(DriftState.InsufficientData);
    }

    private static DriftReport Judge(double[] reference, double[] current, DriftPolicy? policy = null) =>
        DriftJudgement.Judge([Pair("x", reference, current)], policy ?? Policy);

    private static ColumnPair Pair(string name, double[] reference, double[] current) =>
        new(name, ColumnEvidence.OfNumbers(reference), ColumnEvidence.OfNumbers(current));

    private static ColumnEvidence Sketch(double[] values, ulong seed)
    {
        var sketch = new ColumnSketch(seed);
        foreach (var value in values)
            sketch.Add(value);
        return ColumnEvidence.Of(sketch, ColumnKind.Number);
    }

    private static double[] Numbers(ulong seed, int count, double shift = 0, double spread = 1)
    {
        var random = new SplitMix64(seed * 7919);
        return [.. Enumerable.Range(0, count).Select(_ => 10 + 2 * (shift + spread * random.NextNormal()))];
    }

    private static double[] Coins(ulong seed, double share)
    {
        var random = new SplitMix64(seed * 7919);
        return [.. Enumerable.Range(0, 1500).Select(_ => random.NextDouble() < share ? 1.0 : 0.0)];
    }
}
