using Fairlead.Fuzz;
using SharpFuzz;

// fairlead-fuzz NAME          runs a target under afl-fuzz or libFuzzer
// fairlead-fuzz NAME FILE…    runs it once on each file, to look at what a fuzzer found
// fairlead-fuzz NAME --seeds FOLDER   writes the target's seeds for a fuzzer to begin with
if (args.Length == 0 || FuzzTarget.All.FirstOrDefault(target => target.Name == args[0]) is not { } chosen)
{
    Console.Error.WriteLine($"Name a target: {string.Join(", ", FuzzTarget.All.Select(target => target.Name))}");
    return 2;
}

if (args is [_, "--seeds", var folder])
{
    Directory.CreateDirectory(folder);
    foreach (var (index, seed) in chosen.Seeds.Index())
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{chosen.Name}-{index}"), seed);
    return 0;
}

if (args.Length > 1)
{
    foreach (var file in args[1..])
        chosen.Run(await File.ReadAllBytesAsync(file));
    return 0;
}

if (Environment.GetEnvironmentVariable("__AFL_SHM_ID") is null)
{
    Fuzzer.LibFuzzer.Run(data => chosen.Run(data));
    return 0;
}

Fuzzer.Run(stream =>
{
    using var data = new MemoryStream();
    stream.CopyTo(data);
    chosen.Run(data.ToArray());
});
return 0;
