using Fairlead.TestModels;

// Writes tests/models anew: every model of the catalogue, and the table of them.
foreach (var (file, content) in Catalogue.All.SelectMany(model => model.Files()))
{
    var path = Path.Combine(Catalogue.Folder, file);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    await File.WriteAllBytesAsync(path, content);
    Console.WriteLine($"{content.Length,7} {file}");
}

await File.WriteAllTextAsync(Path.Combine(Catalogue.Folder, "README.md"), Readme.Text());
