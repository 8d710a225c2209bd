using System.Globalization;
using Fairlead.RollbackTime;

// How long callers meet a harmful release before it is gone from every replica, and how often a healthy one is taken
// back: dotnet run -c Release --project bench/Fairlead.RollbackTime -- [HARMFUL-RUNS] [HEALTHY-RUNS]
var harmful = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2000;
var healthy = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1000;

var times = Runs.Of(harmful, 1, HarmfulRelease.SecondsToRollback);
Array.Sort(times);
var alarms = Runs.Of(healthy, 2, HealthyRelease.IsTakenBack).Count(isTakenBack => isTakenBack);
var (median, late) = (times[times.Length / 2], times[(int)(times.Length * 0.95)]);
var rate = (double)alarms / healthy;
var error = Math.Sqrt(Math.Max(rate, 1.0 / healthy) * (1 - rate) / healthy);
var (soon, sure, quiet) = (median <= 90, late <= 180, rate + 3 * error < 0.01);

var guards = string.Join(", ", Release.Guards.Select(guard => $"`{guard.Metric}`"));
var every = Release.Plan.LookEvery.TotalSeconds;

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
    ## Time to a rollback

    Simulated: the rollout machine, its checks and their figures are the product's own, only requests and time are made
    up. {Traffic.PerSecond} requests a second on two replicas, {Traffic.Share * 100:0} % of them to the candidate; a
    request is its own unit. Four guards with their default error rates:
    {guards}. Replicas ship their sums each second,
    the controller looks every {every:0} s, and a change reaches every replica within half a second.

    |  | from the first request to the candidate until no replica sends it any |
    |---|---|
    | error rate 5 % instead of 2 %: median | {median:0} s (at most 90: {Word(soon)}) |
    | 95 of 100 are gone within | {late:0} s (at most 180: {Word(sure)}) |
    | longest of {harmful} | {times[^1]:0} s |

    A candidate like stable, watched for seven days, is taken back by any of the four guards in
    **{rate * 100:0.00} %** of {healthy} runs (standard error {error * 100:0.00} %; below 1 %: {Word(quiet)}). It is
    looked at every {every:0} s for ten minutes and then each time 1 % has been added, which is less often than in life;
    between two such looks the sums hardly move.

    """));
return soon && sure && quiet ? 0 : 1;

static string Word(bool isReached) => isReached ? "reached" : "missed";
