namespace Fairlead.Core.Checks;

/// <summary>How the looks of a check are thinned, so that a rollout of any length leaves a bounded history. Pure.
/// </summary>
public static class LookHistory
{
    /// <summary>Most looks that are kept of one check in one step.</summary>
    public const int MostLooks = 120;

    /// <summary>
    /// Which looks go when one is added: none while there is room, else every second one of the older half. The first
    /// look stays always, the newest ones stay dense, and the further back, the sparser the line becomes.
    /// </summary>
    /// <param name="count">Looks that are there, the new one included.</param>
    /// <returns>Their places, counted from the oldest.</returns>
    public static IReadOnlyList<int> Surplus(int count) =>
        count <= MostLooks ? [] : [.. Enumerable.Range(0, count / 2).Where(place => place % 2 == 1)];

    /// <summary>Says whether a look is worth keeping: it found something, and something else than the one before.
    /// </summary>
    public static bool IsNews(CheckResult? before, CheckResult? now) =>
        now is not null && now != before && (now.CandidateUnits > 0 || now.Verdict != before?.Verdict);
}
